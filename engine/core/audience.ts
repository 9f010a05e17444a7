// Who is to be in which audience of which ad platform, and why. Pure: what the platforms were told is the ledger's.
import type { AudienceStep } from './plan.ts';

/** Why somebody is to be in an audience: one enrollment has put them there. */
export interface AudienceReason {
  enrollmentId: string;
  journey: string;
  version: string;
  step: string;
  /** What the customer must have consented to under `ads`, for as long as they are in it. */
  purpose: string;
  /** Until the enrollment ends, for good, or until a moment in milliseconds. */
  until: 'exit' | 'forever' | number;
}

/** One customer in one audience of one platform: what is wanted. One row a customer, platform and audience. */
export interface AudienceMember {
  id: string;
  customerId: string;
  platform: string;
  audience: string;
  /** They are wanted in it while there is any. */
  reasons: AudienceReason[];
  wanted: boolean;
  /** Why they are not wanted any more; null while they are. */
  why: OutWhy | null;
  /** When time alone ends the last reason. */
  endsAt: number | null;
  /** Raised whenever the platform has to be told something. */
  version: number;
  changedAt: number;
}

/** Why somebody was taken out of an audience. */
export const outWhys = ['removed', 'exit', 'kept', 'consent', 'erased'] as const;
export type OutWhy = (typeof outWhys)[number];

/** One person in one audience, before anything is wanted. */
export function newMember(id: string, customerId: string, platform: string, audience: string): AudienceMember {
  const none = { reasons: [], wanted: false, why: null, endsAt: null, version: 0, changedAt: 0 };
  return { id, customerId, platform, audience, ...none };
}

/** Wanted for this reason, too. The same enrollment's older one of the kind is extended, never shortened. */
export function withReason(member: AudienceMember, reason: AudienceReason, at: number): AudienceMember {
  const twin = member.reasons.find((known) => isSameKind(known, reason));
  const until =
    typeof twin?.until === 'number' && typeof reason.until === 'number'
      ? Math.max(twin.until, reason.until)
      : reason.until;
  const others = member.reasons.filter((known) => known !== twin);
  return standing(member, [...others, { ...reason, until }], null, at);
}

/** Without the reasons that `isOver`; `why` is why, if none is left. The same member where none is over. */
export function withoutReasons(
  member: AudienceMember,
  isOver: (reason: AudienceReason) => boolean,
  why: OutWhy,
  at: number,
): AudienceMember {
  const left = member.reasons.filter((reason) => !isOver(reason));
  return left.length === member.reasons.length ? member : standing(member, left, why, at);
}

/** Two rows that turn out to be one person's: wanted for what either was wanted for, and told anew. */
export function joined(into: AudienceMember, from: AudienceMember, at: number): AudienceMember {
  const both = from.reasons.reduce((member, reason) => withReason(member, reason, at), into);
  return { ...both, version: Math.max(into.version, from.version) + 1, changedAt: at };
}

/** The platform has to be told again: of another address, say. */
export function toldAnew(member: AudienceMember, at: number): AudienceMember {
  return { ...member, version: member.version + 1, changedAt: at };
}

/** When the reason that a step gives ends. */
export function untilOf(keep: NonNullable<AudienceStep['keep']>, at: number): AudienceReason['until'] {
  return typeof keep === 'number' ? at + keep : keep === 'until_exit' ? 'exit' : keep;
}

function standing(member: AudienceMember, reasons: AudienceReason[], why: OutWhy | null, at: number): AudienceMember {
  const wanted = reasons.length > 0;
  const ends = reasons.map(({ until }) => until);
  const endsAt = wanted && ends.every((until) => typeof until === 'number') ? Math.max(...ends) : null;
  const kept = { ...member, reasons, endsAt };
  if (wanted === member.wanted) return kept;
  return { ...kept, wanted, why: wanted ? null : why, version: member.version + 1, changedAt: at };
}

function isSameKind(one: AudienceReason, other: AudienceReason): boolean {
  const timed = typeof one.until === 'number' && typeof other.until === 'number';
  return one.enrollmentId === other.enrollmentId && (timed || one.until === other.until);
}
