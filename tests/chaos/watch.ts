// Looks on at every commit, in the order of the commits, and holds it against what may happen then.
import type { Decision, Delivery, DeliveryState, Enrollment, State } from '../../engine/core/enrollment.ts';
import type { StoredEvent } from '../../engine/core/event.ts';
import type { JourneyStand } from '../../engine/core/journey-status.ts';
import type { Catalog, ConsentRow, NewEvent, TurnRow } from '../../engine/ports.ts';
import { expected } from './entry-model.ts';
import { eventNames, planOf } from './journeys.ts';
import type { Write } from './observed-store.ts';

/** What goes into an inbox, and where the enrollment stood then. */
export interface Arrival {
  enrollmentId: string;
  event: StoredEvent;
  state: State;
  tick: number;
}

export interface Begun {
  tick: number;
  /** How many catalogs there had been. */
  catalogs: number;
}

export interface Watch {
  /** One line each; empty while all is well. */
  violations: string[];
  /** What took customers, in order: as published, and as paused and stopped. */
  catalogs: Catalog[];
  arrivals: Arrival[];
  /** By the answer's event: where the enrollment stood that had asked, while it was open. */
  answered: Map<string, State>;
  /** By enrollment and number. */
  turns: Map<string, { tick: number; at: number }>;
  enrollments: Map<string, Enrollment>;
  deliveries: Map<string, Delivery>;
  events: Map<string, StoredEvent & { customerId: string }>;
  claims: number;
  /** Events that concerned nobody, stored with others. */
  storedTogether: number;
  begin(): Begun;
  committed(writes: Write[], begun: Begun, now: number): void;
}

export function createWatch(): Watch {
  const consents: ConsentRow[] = [];
  const suppressed = new Map<string, { tick: number; customers: string[] }>();
  let tick = 0;
  const watch: Watch = {
    violations: [],
    catalogs: [],
    arrivals: [],
    answered: new Map(),
    turns: new Map(),
    enrollments: new Map(),
    deliveries: new Map(),
    events: new Map(),
    claims: 0,
    storedTogether: 0,
    begin: () => ({ tick, catalogs: watch.catalogs.length }),
    committed(writes, begun, now) {
      tick += 1;
      const before = [...watch.enrollments.values()];
      for (const write of writes) {
        switch (write.name) {
          case 'insertEnrollment':
          case 'saveEnrollment':
            takeEnrollment(write.args[0] as Enrollment);
            break;
          case 'saveDelivery':
            takeDelivery(write.args[0] as Delivery, begun, writes, now);
            break;
          case 'appendConsent':
            consents.push(write.args[0] as ConsentRow);
            break;
          case 'suppress': {
            const [channel, address] = write.args as string[];
            const name = `${channel} ${address!.toLowerCase()}`;
            if (!suppressed.has(name)) suppressed.set(name, { tick, customers: lockedBy(writes) });
            break;
          }
          case 'saveJourney': {
            const { journey, status } = write.args[0] as JourneyStand;
            const { halted, ...catalog } = watch.catalogs.at(-1)!;
            const { [journey]: _, ...others } = halted ?? {};
            watch.catalogs.push({ ...catalog, halted: status === 'live' ? others : { ...others, [journey]: status } });
            break;
          }
          case 'addToInbox': {
            const [enrollmentId, event] = write.args as [string, StoredEvent];
            const { state } = watch.enrollments.get(enrollmentId)!;
            watch.arrivals.push({ enrollmentId, event, state, tick });
            break;
          }
          case 'insertTurn': {
            const { enrollmentId, number, at } = write.args[0] as TurnRow;
            watch.turns.set(`${enrollmentId}/${number}`, { tick, at });
            break;
          }
          case 'record':
            for (const decision of write.args[0] as Decision[])
              if (decision.kind === 'timed_out') checkTimeOut(decision);
            break;
          case 'insertEvents':
            takeTogether(write.args[0] as NewEvent[], write.result as (StoredEvent | null)[], begun);
            break;
          case 'insertEvent': {
            const stored = write.result as StoredEvent | null;
            const asking = stored && watch.enrollments.get(String(stored.data.enrollment));
            if (asking?.status === 'active') watch.answered.set(stored!.id, asking.state);
            if (stored) watch.events.set(stored.id, { ...stored, customerId: (write.args[0] as NewEvent).customerId });
            break;
          }
        }
      }
      checkIntake(writes, before, begun);
    },
  };
  return watch;

  function bad(what: string): void {
    watch.violations.push(what);
  }

  function takeEnrollment(next: Enrollment): void {
    const known = watch.enrollments.get(next.id);
    if (known && known.status !== 'active' && next.status !== known.status)
      bad(`${next.id} was ${known.status} and is ${next.status} again`);
    if (known && next.turnToken < known.turnToken) bad(`${next.id} was written under a turn token of before`);
    if (next.needsAttention !== null) bad(`${next.id} was parked: ${next.needsAttention}`);
    watch.enrollments.set(next.id, next);
  }

  function takeDelivery(next: Delivery, begun: Begun, writes: Write[], now: number): void {
    const locked = lockedBy(writes);
    const known = watch.deliveries.get(next.key);
    const from = known?.state ?? 'none';
    if (!mayBecome(known, next, writes)) bad(`${next.key} went from ${from} to ${next.state}`);
    if (from === 'sending' && next.code === 'lease_over' && next.state === 'unknown' && known!.leaseUntil! > now)
      bad(`${next.key} was given up while its claim's lease ran`);
    watch.deliveries.set(next.key, next);
    if (next.state !== 'sending') return;
    watch.claims += 1;
    const { status, heldOut, pausedAt } = watch.enrollments.get(next.enrollmentId)!;
    const stand = watch.catalogs.at(-1)!.halted?.[next.journey];
    if (pausedAt !== null) bad(`${next.key} was claimed while its enrollment was paused`);
    if (stand) bad(`${next.key} was claimed while its journey was ${stand}`);
    if (status !== 'active') bad(`${next.key} was claimed after its enrollment had ended`);
    if (heldOut) bad(`${next.key} was claimed for a customer in the holdout`);
    for (const purpose of next.purpose.split(' ').filter((each) => each !== 'transactional'))
      if (!isGranted(next, purpose)) bad(`${next.key} was claimed without consent to ${purpose}`);
    const standing = suppressed.get(`${next.channel} ${next.to!.toLowerCase()}`);
    // An address that two customers share is no lock of one of them: there only what stood before the claim began counts.
    if (standing && (standing.tick <= begun.tick || standing.customers.some((id) => locked.includes(id))))
      bad(`${next.key} was claimed for a suppressed address`);
  }

  function isGranted({ customerId, channel }: Delivery, purpose: string): boolean {
    const own = consents.filter(
      (row) => row.customerId === customerId && row.channel === channel && row.purpose === purpose,
    );
    const newest = Math.max(...own.map(({ at }) => at));
    return own.length > 0 && own.filter(({ at }) => at === newest).every(({ state }) => state === 'granted');
  }

  /** An event that came in time goes before the time-out. */
  function checkTimeOut({ enrollmentId, turn, step, at }: Decision): void {
    const opened = watch.turns.get(`${enrollmentId}/${turn}`)!;
    const wait = planOf(watch.enrollments.get(enrollmentId!)!.version).steps[step!]!;
    if (wait.kind !== 'wait' || (wait.form !== 'event' && wait.form !== 'until_no')) return;
    const listeners = wait.form === 'event' ? wait.listeners : [wait];
    for (const { event, state, tick: arrivedAt } of watch.arrivals.filter(
      (each) => each.enrollmentId === enrollmentId,
    )) {
      const isHeard = listeners.some(({ on }) => on.includes(event.name)) && state.step === step;
      const isInTime = event.receivedAt >= state.since && event.receivedAt <= state.due!;
      const isBefore = arrivedAt < opened.tick || event.receivedAt < opened.at;
      if (!isHeard || !isInTime || !isBefore) continue;
      if (wait.form === 'event' || at < event.receivedAt + wait.forMs)
        bad(`${enrollmentId} timed out at ${step} (turn ${turn}), though ${event.name} was received in time`);
    }
  }

  /** What is stored with others must concern nobody. */
  function takeTogether(given: NewEvent[], stored: (StoredEvent | null)[], begun: Begun): void {
    for (const [index, event] of stored.entries()) {
      if (!event) continue;
      watch.storedTogether += 1;
      const { customerId } = given[index]!;
      const ofCustomer = (each: { customerId: string }) => each.customerId === customerId;
      const own = [...watch.enrollments.values()].filter(ofCustomer);
      const known = [...watch.events.values()].filter(ofCustomer);
      watch.events.set(event.id, { ...event, customerId });
      if (!eventNames.includes(event.name)) continue;
      const standing = watch.catalogs.slice(begun.catalogs - 1);
      const isNobodys = (catalog: Catalog) =>
        Object.values(expected(event, catalog, own, known)).every((list) => list.length === 0);
      if (!standing.some(isNobodys)) bad(`${event.name} ${event.id} was only stored, and concerns somebody`);
    }
  }

  function checkIntake(writes: Write[], before: Enrollment[], begun: Begun): void {
    const insert = writes.find(({ name, result }) => name === 'insertEvent' && result !== null);
    if (!insert) return;
    const event = insert.result as StoredEvent;
    const { customerId } = insert.args[0] as NewEvent;
    if (!eventNames.includes(event.name)) return;
    const own = before.filter((enrollment) => enrollment.customerId === customerId);
    const known = [...watch.events.values()].filter((each) => each.customerId === customerId && each.id !== event.id);
    const found = JSON.stringify(foundIn(writes, event));
    const standing = watch.catalogs.slice(begun.catalogs - 1);
    const wanted = standing.map((catalog) => JSON.stringify(expected(event, catalog, own, known)));
    if (!wanted.includes(found)) bad(`${event.name} ${event.id}: expected ${wanted.join(' or ')}, found ${found}`);
  }
}

function foundIn(writes: Write[], event: StoredEvent) {
  const saved = writes.filter(({ name }) => name === 'saveEnrollment').map(({ args }) => args[0] as Enrollment);
  const ended = saved.filter(({ status, endedBy }) => status === 'exited' && endedBy === event.id);
  const decisions = writes.filter(({ name }) => name === 'record').flatMap(({ args }) => args[0] as Decision[]);
  const entries = decisions.filter(({ kind }) => kind === 'entered' || kind === 'not_entered');
  const inboxes = writes.filter(({ name }) => name === 'addToInbox').map(({ args }) => args[0] as string);
  return {
    ended: ended.map(({ id, reason }) => `${id} ${reason}`).sort(),
    considered: entries.map(({ journey, outcome }) => `${journey} ${outcome}`).sort(),
    heardBy: inboxes.sort(),
  };
}

function lockedBy(writes: Write[]): string[] {
  const locks = writes.filter(({ name, result }) => name.startsWith('lockCustomer') && result !== null);
  return locks.map(({ result }) => (result as { id: string }).id);
}

/** What leads to the next state, as far as the state alone does not say it. */
function mayBecome(known: Delivery | undefined, next: Delivery, writes: Write[]): boolean {
  if (!allowed[known?.state ?? 'none'].includes(next.state)) return false;
  const decisions = writes.filter(({ name }) => name === 'record').flatMap(({ args }) => args[0] as Decision[]);
  const isSaid = (kind: Decision['kind']) =>
    decisions.some((decision) => decision.effectKey === next.key && decision.kind === kind);
  const isWaiting = known?.state === 'queued' || known?.state === 'held';
  const isInDoubt = isWaiting && known.sentAt !== null;
  if (known?.state === 'unknown' && next.state === 'queued') return isSaid('resend');
  if (known?.state === 'unknown') return isSaid('resolved');
  if (isWaiting && next.state === 'unknown') return isInDoubt && isSaid('not_repeated');
  if (isWaiting && next.state === 'accepted') return isInDoubt && isSaid('resolved');
  if (next.state === 'suppressed') return known?.sentAt == null;
  return true;
}

/** Design §5, and docs/decisions/doubt-outlives-withdrawal.md. */
const allowed: { [from in DeliveryState | 'none']: DeliveryState[] } = {
  none: ['held', 'queued', 'suppressed', 'failed', 'sending'],
  held: ['held', 'queued', 'suppressed', 'failed', 'sending', 'unknown', 'accepted'],
  queued: ['held', 'queued', 'suppressed', 'failed', 'sending', 'unknown', 'accepted'],
  sending: ['accepted', 'failed', 'unknown', 'queued'],
  unknown: ['accepted', 'failed', 'queued'],
  accepted: [],
  failed: [],
  suppressed: [],
};
