// Audiences of ad platforms: who is put in, and all the ways out. Every change is written under the customer's lock, in
// the transaction of what causes it; the platforms are told afterwards, from the rows.
import {
  type AudienceMember,
  type AudienceReason,
  joined,
  newMember,
  type OutWhy,
  toldAnew,
  untilOf,
  withoutReasons,
  withReason,
} from './core/audience.ts';
import type { Decision, Enrollment } from './core/enrollment.ts';
import type { AudienceStep, Plan } from './core/plan.ts';
import { endedReason } from './core/policy.ts';
import type { NotSentReason } from './core/reasons.ts';
import type { JsonMap } from './core/schema.ts';
import type { Ports, Tx } from './ports.ts';
import type { OpenedTurn } from './turn-open.ts';

/** The channel that the consent to audiences stands under. */
const ads = 'ads';

/** What a turn has decided about an audience, to be written with its next write. */
export interface AudienceChange {
  effectKey: string;
  stepId: string;
  step: AudienceStep;
  at: number;
}

export interface AudienceAnswer {
  outcome: 'added' | 'removed' | NotSentReason;
  inputs: JsonMap;
  needed: string;
}

/** Whether the step may do what it says, by what the turn was opened with (journey-format: audience). */
export function askAudience(
  { enrollment, plan, customer, grants }: OpenedTurn,
  change: AudienceChange,
): AudienceAnswer {
  const { step, at } = change;
  const inputs: JsonMap = { audience: step.audience, platforms: step.platforms };
  if (step.keep !== undefined) inputs.keep = step.keep;
  const refused = (outcome: NotSentReason, needed: string): AudienceAnswer => ({ outcome, inputs, needed });
  const { conditionErrors, heldOut } = enrollment;
  if (conditionErrors.length > 0)
    return refused('condition_error', `${conditionErrors.join(' and ')} must be evaluated without error`);
  if (heldOut) return refused('holdout', 'the customer must not be in the holdout of this journey');
  if (step.change === 'remove') return { outcome: 'removed', inputs, needed: '' };
  if (!isReachable(customer.traits)) return refused('unreachable', 'the customer must have an email or a phone');
  if (!hasAdsConsent(grants, plan.purpose)) return refused('consent', consentTo(plan.purpose));
  const until = untilOf(step.keep ?? 'until_exit', at);
  return { outcome: 'added', inputs: typeof until === 'number' ? { ...inputs, until } : inputs, needed: '' };
}

/**
 * Writes what a turn has decided. Answers those that may not stand any more, by effect key: the enrollment has ended, its
 * journey was stopped, or the consent was withdrawn since the turn was opened.
 */
export async function writeAudiences(
  ports: Pick<Ports, 'newId'>,
  tx: Tx,
  enrollment: Enrollment,
  plan: Plan,
  changes: AudienceChange[],
): Promise<Map<string, AudienceAnswer>> {
  const refused = new Map<string, AudienceAnswer>();
  if (changes.length === 0) return refused;
  const [{ status }, grants] = await Promise.all([
    tx.holdJourney(enrollment.journey),
    tx.grants(enrollment.customerId),
  ]);
  const ended = enrollment.status !== 'active' || status === 'stopped';
  for (const change of changes) {
    const { step, effectKey } = change;
    const inputs: JsonMap = { audience: step.audience, platforms: step.platforms };
    const reason = enrollment.status === 'active' ? 'stopped' : enrollment.reason;
    if (ended) refused.set(effectKey, { outcome: endedReason(reason), inputs, needed: 'the enrollment must be open' });
    else if (step.change === 'add' && !hasAdsConsent(grants, plan.purpose))
      refused.set(effectKey, { outcome: 'consent', inputs, needed: consentTo(plan.purpose) });
    else await writeChange(ports, tx, enrollment, plan, change);
  }
  return refused;
}

async function writeChange(
  ports: Pick<Ports, 'newId'>,
  tx: Tx,
  { id: enrollmentId, customerId, journey, version }: Enrollment,
  { purpose }: Plan,
  { step, stepId, at }: AudienceChange,
): Promise<void> {
  const members = await tx.audienceMembers(customerId);
  for (const platform of step.platforms) {
    const known = members.find((member) => member.platform === platform && member.audience === step.audience);
    if (step.change === 'remove') {
      if (known)
        await saveIfChanged(
          tx,
          known,
          withoutReasons(known, () => true, 'removed', at),
        );
      continue;
    }
    const until = untilOf(step.keep ?? 'until_exit', at);
    const reason: AudienceReason = { enrollmentId, journey, version, step: stepId, purpose, until };
    const member = known ?? newMember(ports.newId(), customerId, platform, step.audience);
    await saveIfChanged(tx, member, withReason(member, reason, at));
  }
}

/** An enrollment has ended: what it kept `until_exit` ends with it. Answers the decisions to record. */
export async function endAudiences(tx: Tx, enrollment: Enrollment, at: number): Promise<Decision[]> {
  const plan = await tx.plan(enrollment.version);
  if (!keepsUntilExit(plan)) return [];
  const isOver = ({ enrollmentId, until }: AudienceReason) => enrollmentId === enrollment.id && until === 'exit';
  return endReasons(tx, enrollment.customerId, isOver, 'exit', at);
}

/** The consent to ads may have gone: whoever is in an audience without it is taken out, of every platform at once. */
export async function endWithoutConsent(tx: Tx, customerId: string, at: number): Promise<void> {
  const members = await tx.audienceMembers(customerId);
  if (!members.some(({ wanted }) => wanted)) return;
  const grants = await tx.grants(customerId);
  const isOver = ({ purpose }: AudienceReason) => !hasAdsConsent(grants, purpose);
  const decisions = await endReasons(tx, customerId, isOver, 'consent', at);
  if (decisions.length > 0) await tx.record(decisions);
}

/** Erasure: taken out everywhere, and whatever any platform may still hold is to be taken back. */
export async function eraseAudiences(tx: Tx, customerId: string, at: number): Promise<void> {
  for (const member of await tx.audienceMembers(customerId)) {
    const out = withoutReasons(member, () => true, 'erased', at);
    await tx.saveAudienceMember(out === member ? toldAnew({ ...out, why: 'erased' }, at) : out);
  }
}

/** After a merge: one row for both, and nobody in an audience without a consent of the one that they now are. */
export async function mergeAudiences(tx: Tx, into: string, from: AudienceMember[], at: number): Promise<void> {
  const own = await tx.audienceMembers(into);
  if (own.length + from.length === 0) return;
  for (const member of from) {
    const twin = own.find(({ platform, audience }) => platform === member.platform && audience === member.audience);
    if (twin) await tx.joinAudienceMembers(joined(twin, member, at), member.id);
    else await tx.saveAudienceMember(toldAnew({ ...member, customerId: into }, at));
  }
  await endWithoutConsent(tx, into, at);
}

/** Traits that platforms know somebody by; a change of one is told to them. */
const identifying = ['email', 'phone', 'first_name', 'last_name', 'country', 'postal_code'];

/** What platforms know the customer by has changed: they are told anew, and the old is taken back. */
export async function retellAudiences(tx: Tx, customerId: string, changed: string[], at: number): Promise<void> {
  if (!changed.some((trait) => identifying.includes(trait))) return;
  for (const member of await tx.audienceMembers(customerId))
    if (member.wanted) await tx.saveAudienceMember(toldAnew(member, at));
}

/** Ends memberships whose time is over. Answers how many customers it looked at; 0: nothing is due. */
export async function endKeptAudiences(ports: Pick<Ports, 'store' | 'clock' | 'between'>): Promise<number> {
  const due = await ports.store.transaction((tx) => tx.dueAudiences(ports.clock.now(), 100));
  for (const { customerId, endsAt } of due) {
    await ports.store.transaction(async (tx) => {
      const customer = await tx.lockCustomer(customerId);
      if (!customer) return;
      const now = ports.clock.now();
      const isOver = ({ until }: AudienceReason) => typeof until === 'number' && until <= now;
      // Less than a minute late, it counts at its own moment, as a wait does.
      const at = now - endsAt < 60_000 ? endsAt : now;
      const decisions = await endReasons(tx, customer.id, isOver, 'kept', at);
      if (decisions.length > 0) await tx.record(decisions);
    });
    await ports.between('audiences: ended');
  }
  return due.length;
}

async function endReasons(
  tx: Tx,
  customerId: string,
  isOver: (reason: AudienceReason) => boolean,
  why: OutWhy,
  at: number,
): Promise<Decision[]> {
  const outs: { member: AudienceMember; reason: AudienceReason }[] = [];
  for (const member of await tx.audienceMembers(customerId)) {
    const after = withoutReasons(member, isOver, why, at);
    await saveIfChanged(tx, member, after);
    if (member.wanted && !after.wanted) outs.push({ member, reason: member.reasons.findLast(isOver)! });
  }
  return decisionsOn(outs, customerId, why, at);
}

/** One for each audience and the step that had put them there, with the platforms. */
function decisionsOn(
  outs: { member: AudienceMember; reason: AudienceReason }[],
  customerId: string,
  why: OutWhy,
  at: number,
): Decision[] {
  const groups = new Map<string, typeof outs>();
  for (const out of outs) {
    const name = `${out.member.audience} ${out.reason.enrollmentId} ${out.reason.step}`;
    groups.set(name, [...(groups.get(name) ?? []), out]);
  }
  return [...groups.values()].map((group) => {
    const { member, reason } = group[0]!;
    const { enrollmentId, journey, version, step } = reason;
    const platforms = group.map((out) => out.member.platform).toSorted();
    const inputs: JsonMap = { audience: member.audience, platforms, why };
    const none = { turn: null, seq: null, eventId: null, message: null, channel: null, effectKey: null };
    const place = { customerId, enrollmentId, journey, version, step };
    return { ...none, ...place, kind: 'audience', outcome: 'removed', at, inputs, needed: stayNeeded(why, reason) };
  });
}

function stayNeeded(why: OutWhy, { purpose }: AudienceReason): string {
  return why === 'consent' ? consentTo(purpose) : '';
}

async function saveIfChanged(tx: Tx, before: AudienceMember, after: AudienceMember): Promise<void> {
  if (after !== before) await tx.saveAudienceMember(after);
}

/** Whether the customer has consented to ads for this purpose. */
export function hasAdsConsent(grants: { channel: string; purpose: string }[], purpose: string): boolean {
  return grants.some((grant) => grant.channel === ads && grant.purpose === purpose);
}

function consentTo(purpose: string): string {
  return `consent to ${purpose} by ${ads} must be granted`;
}

function isReachable({ email, phone }: JsonMap): boolean {
  return [email, phone].some((address) => typeof address === 'string' && address !== '');
}

function keepsUntilExit(plan: Plan): boolean {
  const known = untilExit.get(plan);
  if (known !== undefined) return known;
  const steps = Object.values(plan.steps);
  const keeps = steps.some((step) => step.kind === 'audience' && step.change === 'add' && step.keep === 'until_exit');
  untilExit.set(plan, keeps);
  return keeps;
}
const untilExit = new WeakMap<Plan, boolean>();
