// Tells the ad platforms what they have not been told: a batch of one audience at a time, removals before additions. The
// ledger says beforehand what a platform may come to know, so a crash at any point is mended by telling it again.
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

export interface AudienceLedger {
  /** Takes what is to be told, of one audience of this platform, at most `platform.most` rows; empty: nothing is. */
  claim(platform: AudiencePlatform, leaseMs: number): Promise<ClaimedBatch>;
  /** Writes what came of rows that are still held. */
  record(results: MemberResult[]): Promise<void>;
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

/** Calls for one batch at most: those that search for the members a platform cannot read. */
const mostCalls = 32;
/** Beyond the calls themselves: the claim and the record. */
const slackMs = 30_000;
const minute = 60_000;
/** A row that was not taken is told again after these many minutes, by the number of attempts; it is never given up. */
const retryMinutes = [1, 5, 15, 60];
const oursMinutes = 15;
const leastPauseMs = 30_000;

/** Tells one platform one batch. Throws only where the ledger cannot be reached. */
export async function tellPlatform(ports: SyncPorts, platform: AudiencePlatform): Promise<Round> {
  const leaseMs = 4 * platform.longestCallMs + slackMs;
  const { members, leaseUntil } = await ports.ledger.claim(platform, leaseMs);
  if (members.length === 0) return { taken: 0, calls: 0, pause: null };
  await ports.between('audiences: claimed');
  const telling: Telling = { ports, platform, leaseUntil, calls: 0, outcomes: new Map() };
  const out = members.flatMap((member) => member.unwanted.map((told) => ({ member, told })));
  const into = members.flatMap((member) => (member.wanted ? [{ member, told: member.wanted }] : []));
  for (const group of byList(out)) await tellSome(telling, 'remove', group);
  for (const group of byList(into)) await tellSome(telling, 'add', group);
  const results = members.map((member) => resultOf(member, telling, ports.real()));
  await ports.ledger.record(results);
  await ports.between('audiences: recorded');
  return { taken: members.length, calls: telling.calls, pause: pauseOf(telling) };
}

interface Item {
  member: ClaimedMember;
  told: Told;
}

type Outcome = AudienceOutcome | { kind: 'invalid'; code: string };

interface Telling {
  ports: SyncPorts;
  platform: AudiencePlatform;
  leaseUntil: number;
  calls: number;
  outcomes: Map<Told, Outcome>;
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

/** Within what the platform takes at once, and without what has gone wrong already. */
async function tellSome(telling: Telling, change: AudienceCall['change'], items: Item[]): Promise<void> {
  const { most } = telling.platform;
  const list = { refused: null };
  for (let from = 0; from < items.length; from += most)
    await tellHalves(telling, change, items.slice(from, from + most), list);
}

/**
 * One call; where the platform could not read some of it, or all of it for some of it, once more in halves, until it is
 * known of whom that is true. Repeating what was taken changes nothing.
 */
async function tellHalves(
  telling: Telling,
  change: AudienceCall['change'],
  items: Item[],
  list: { refused: AudienceOutcome | null },
  within: AudienceOutcome | null = null,
): Promise<void> {
  // What was refused for a reason that is nobody's in particular is refused for the rest of the list, too.
  const isEnough = within !== null && telling.calls >= mostCalls;
  const outcome = list.refused ?? (isEnough ? within : await tellOnce(telling, change, items));
  if (outcome.kind === 'retry' || outcome.kind === 'config_error') list.refused = outcome;
  const all = (one: Outcome) => {
    for (const { told } of items) telling.outcomes.set(told, one);
  };
  const isPart = outcome.kind === 'accepted' ? outcome.invalid > 0 : outcome.kind === 'rejected';
  if (!isPart) return all(outcome);
  if (outcome.kind === 'accepted' && outcome.invalid >= items.length) return all({ kind: 'invalid', code: 'invalid' });
  const unclear: AudienceOutcome = outcome.kind === 'accepted' ? { kind: 'rejected', code: 'partly_invalid' } : outcome;
  if (items.length === 1 || telling.calls >= mostCalls) return all(unclear);
  const middle = Math.ceil(items.length / 2);
  await tellHalves(telling, change, items.slice(0, middle), list, unclear);
  await tellHalves(telling, change, items.slice(middle), list, unclear);
}

async function tellOnce(telling: Telling, change: AudienceCall['change'], items: Item[]): Promise<AudienceOutcome> {
  const { ports, platform, leaseUntil } = telling;
  // Somebody else may take the rows when the lease is over: no call may still be under way then.
  if (ports.real() + platform.longestCallMs > leaseUntil) return { kind: 'retry', code: 'lease_over' };
  const { list, account } = items[0]!.told;
  telling.calls += 1;
  const outcome = await platform.tell({ list, account, change, members: items.map(({ told }) => told.ids) });
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

function waitMs(outcome: Outcome, attempt: number): number {
  const minutes = retryMinutes[attempt - 1] ?? 60;
  if (outcome.kind === 'retry') return Math.max(minutes * minute, outcome.afterMs ?? 0);
  return outcome.kind === 'config_error' ? oursMinutes * minute : 60 * minute;
}

/** What was true of a call may be true of the next one to this platform, so the next one waits. */
function pauseOf({ outcomes }: Telling): Round['pause'] {
  for (const outcome of outcomes.values()) {
    const ms = outcome.kind === 'retry' ? Math.max(outcome.afterMs ?? 0, leastPauseMs) : leastPauseMs;
    if (outcome.kind === 'config_error' || outcome.kind === 'retry')
      return { ms: Math.min(ms, 60 * minute), code: outcome.code };
  }
  return null;
}
