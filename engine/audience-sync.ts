// Tells the ad platforms what they have not been told: a batch of one audience at a time, removals before additions. The
// ledger says beforehand what a platform may come to know, so a crash at any point is mended by telling it again.
import { type Outcome, pauseAfter, type Tries, tellInHalves, waitMs } from './ad-calls.ts';
import type {
  AudienceCall,
  AudienceList,
  AudienceOutcome,
  AudiencePlatform,
  Identifiers,
} from './audience-platform.ts';

/** What a platform was, or may have been, told of somebody: in which list, and by what they are matched there. */
export interface Told extends AudienceList {
  ids: Identifiers;
}

/** A row that was taken, until its lease is over. */
export interface ClaimedMember {
  id: string;
  /** What is told is what this version wants. */
  version: number;
  claim: number;
  /** Calls made for it without success, this one included. */
  attempt: number;
  /** To be in the list; null: in none, or there is nothing to match them by. */
  wanted: Told | null;
  /** To be taken back. */
  unwanted: Told[];
}

export interface ClaimedBatch {
  members: ClaimedMember[];
  /** Real time. */
  leaseUntil: number;
}

/** What came of a row. */
export interface MemberResult {
  id: string;
  claim: number;
  version: number;
  /** Nothing of this version is left to tell. */
  isTold: boolean;
  /** Taken back for sure. */
  forgotten: Told[];
  requestId: string | null;
  code: string | null;
  /** Real time; null where nothing is left to tell. */
  retryAt: number | null;
}

/** A call that the platform took, and may still say that it could not carry out. */
export interface OpenRequest {
  requestId: string;
  change: AudienceCall['change'];
  /** Whom it was about (their row's id), and what was said of them. */
  members: { id: string; told: Told }[];
}

export interface AudienceLedger {
  /** Takes what is to be told, of one audience of this platform, at most `platform.most` rows; empty: nothing is. */
  claim(platform: AudiencePlatform, leaseMs: number): Promise<ClaimedBatch>;
  /** Writes what came of rows that are still held, and which calls are to be asked about. */
  record(platform: string, results: MemberResult[], requests: OpenRequest[]): Promise<void>;
}

export interface SyncPorts {
  ledger: AudienceLedger;
  /** Real time. */
  real(): number;
  /** Called between every two steps; tests crash here. */
  between(point: string): Promise<void> | void;
}

export interface Round {
  /** Rows that were taken. */
  taken: number;
  calls: number;
  /** Why the platform should be left alone for so long, in milliseconds; null: there is no reason to. */
  pause: { ms: number; code: string } | null;
}

/** Beyond the calls themselves: the claim and the record. */
const slackMs = 30_000;

/** Tells one platform one batch. Throws only where the ledger cannot be reached. */
export async function tellPlatform(ports: SyncPorts, platform: AudiencePlatform): Promise<Round> {
  const leaseMs = 4 * platform.longestCallMs + slackMs;
  const { members, leaseUntil } = await ports.ledger.claim(platform, leaseMs);
  if (members.length === 0) return { taken: 0, calls: 0, pause: null };
  await ports.between('audiences: claimed');
  const telling: Telling = { ports, platform, leaseUntil, tries: { calls: 0 }, outcomes: new Map(), requests: [] };
  const out = members.flatMap((member) => member.unwanted.map((told) => ({ member, told })));
  const into = members.flatMap((member) => (member.wanted ? [{ member, told: member.wanted }] : []));
  for (const group of byList(out)) await tellSome(telling, 'remove', group);
  for (const group of byList(into)) await tellSome(telling, 'add', group);
  const results = members.map((member) => resultOf(member, telling, ports.real()));
  await ports.ledger.record(platform.name, results, telling.requests);
  await ports.between('audiences: recorded');
  return { taken: members.length, calls: telling.tries.calls, pause: pauseOf(telling) };
}

interface Item {
  member: ClaimedMember;
  told: Told;
}

interface Telling {
  ports: SyncPorts;
  platform: AudiencePlatform;
  leaseUntil: number;
  tries: Tries;
  outcomes: Map<Told, Outcome>;
  requests: OpenRequest[];
}

function byList(items: Item[]): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = `${item.told.account ?? ''} ${item.told.list}`;
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}

async function tellSome(telling: Telling, change: AudienceCall['change'], items: Item[]): Promise<void> {
  const { platform, outcomes, tries } = telling;
  const call = (some: Item[]) => tellOnce(telling, change, some);
  const found = await tellInHalves(items, platform.most, call, tries);
  for (const [{ told }, outcome] of found) outcomes.set(told, outcome);
}

async function tellOnce(telling: Telling, change: AudienceCall['change'], items: Item[]): Promise<AudienceOutcome> {
  const { ports, platform, leaseUntil } = telling;
  // Somebody else may take the rows when the lease is over: no call may still be under way then.
  if (ports.real() + platform.longestCallMs > leaseUntil) return { kind: 'retry', code: 'lease_over' };
  const { list, account } = items[0]!.told;
  telling.tries.calls += 1;
  const outcome = await platform.tell({ list, account, change, members: items.map(({ told }) => told.ids) });
  if (platform.check && outcome.kind === 'accepted' && outcome.requestId)
    telling.requests.push({
      requestId: outcome.requestId,
      change,
      members: items.map(({ member: { id }, told }) => ({ id, told })),
    });
  await ports.between('audiences: told');
  return outcome;
}

function resultOf(member: ClaimedMember, { outcomes }: Telling, real: number): MemberResult {
  const { id, claim, version, wanted, unwanted, attempt } = member;
  const own = [...unwanted, ...(wanted ? [wanted] : [])];
  const of = (told: Told) => outcomes.get(told)!;
  const isDone = (told: Told) => ['accepted', 'invalid'].includes(of(told).kind);
  const failed = own.map(of).find(({ kind }) => kind !== 'accepted' && kind !== 'invalid');
  const invalid = own.map(of).find(({ kind }) => kind === 'invalid');
  const requestId = own
    .map(of)
    .reduce<string | null>((last, one) => ('requestId' in one && one.requestId) || last, null);
  return {
    ...{ id, claim, version, requestId },
    isTold: !failed,
    forgotten: unwanted.filter(isDone),
    code: codeOf(failed ?? invalid),
    retryAt: failed ? real + waitMs(failed, attempt) : null,
  };
}

function codeOf(outcome: Outcome | undefined): string | null {
  return outcome && 'code' in outcome ? outcome.code : null;
}

/** What was true of a call may be true of the next one to this platform, so the next one waits. */
function pauseOf({ outcomes }: Telling): Round['pause'] {
  for (const outcome of outcomes.values()) {
    const pause = pauseAfter(outcome);
    if (pause) return pause;
  }
  return null;
}
