// Plays what happened to one customer and keeps, moment by moment, what came of it: the record's decisions in the order in
// which they were taken, and where each enrollment then waits.
import { type Exchange, isShort, type Rendered, type ShortMessage } from '../engine/core/content.ts';
import type { Decision, Enrollment } from '../engine/core/enrollment.ts';
import type { Settings } from '../engine/core/settings.ts';
import type { Published } from '../engine/ports.ts';
import type { Row, Scenario } from '../language/test-file.ts';
import { createMemoryWorld } from './memory-world.ts';
import { arrivalOf, play, startOf } from './scenario.ts';
import type { WorldRecord } from './world.ts';

/** What somebody gets to see of a message first. */
export interface FirstSight {
  subject: string;
  firstLine: string;
}

export type Happened =
  | { kind: 'decided'; at: number; decision: Decision; message: FirstSight | null }
  /** An enrollment has come to rest: `until` is null where only an event moves it on. */
  | {
      kind: 'waits';
      at: number;
      journey: string;
      key: string | null;
      step: string;
      until: number | null;
      for: string[];
    };

export interface Moment {
  at: number;
  /** What came in, in the order written. */
  came: Row[];
  happened: Happened[];
}

export interface Simulation {
  /** In order of time; only those at which anything came in or happened. */
  moments: Moment[];
  record: WorldRecord;
}

/** Plays it on the engine that runs for real, in memory. Throws `ImpossibleRow` where a row cannot happen. */
export async function simulate(scenario: Scenario, settings: Settings, journeys: Published[]): Promise<Simulation> {
  const world = createMemoryWorld(startOf(scenario));
  const happened: Happened[] = [];
  const look = createWatcher((one) => happened.push(one));
  const watched = {
    ...world,
    async settle() {
      await world.settle();
      look(world.clock.now(), await world.record());
    },
  };
  const record = await play(scenario, watched, settings, journeys);
  return { moments: momentsOf(scenario.given, happened), record };
}

/** Tells what is new in the record since it looked last. */
function createWatcher(tell: (one: Happened) => void): (at: number, record: WorldRecord) => void {
  const told: number[] = [];
  const standing = new Map<string, string>();
  const seen = new WeakSet<Enrollment>();
  return (at, record) => {
    for (const [index, recorded] of record.decisions.entries()) {
      // A repeat is folded into the first, with a count.
      if (told[index] === recorded.count) continue;
      const { count, ...decision } = recorded;
      told[index] = count;
      tell({ kind: 'decided', at, decision, message: firstSightOf(decision, record) });
    }
    // A row is replaced, never changed: what was looked at stands as it stood.
    for (const enrollment of record.enrollments.filter((one) => !seen.has(one))) {
      seen.add(enrollment);
      const waits = waitsOf(at, enrollment);
      const { at: _, ...stand } = waits ?? { at };
      if (waits && standing.get(enrollment.id) !== JSON.stringify(stand)) tell(waits);
      standing.set(enrollment.id, JSON.stringify(stand));
    }
  };
}

function waitsOf(at: number, enrollment: Enrollment): Happened | null {
  const { status, journey, key, state, dueAt, waitingFor, pausedAt } = enrollment;
  if (status !== 'active' || state.step === null || pausedAt !== null) return null;
  return { kind: 'waits', at, journey, key, step: state.step, until: state.due ?? dueAt, for: waitingFor };
}

function firstSightOf({ kind, effectKey }: Decision, { deliveries }: WorldRecord): FirstSight | null {
  if (kind !== 'sent' || effectKey === null) return null;
  const rendered = deliveries.find(({ key }) => key === effectKey)?.rendered ?? null;
  return rendered && seenOf(rendered);
}

function seenOf(rendered: Rendered | ShortMessage | Exchange): FirstSight | null {
  if ('sent' in rendered) return null;
  const [subject, text] = isShort(rendered) ? [rendered.title, rendered.body] : [rendered.subject, rendered.text];
  const lines = text.split('\n').map((line) => line.trim());
  return { subject, firstLine: lines.find((line) => line !== '') ?? '' };
}

function momentsOf(rows: Row[], happened: Happened[]): Moment[] {
  const times = [...rows.map(arrivalOf), ...happened.map(({ at }) => at)];
  return [...new Set(times)]
    .sort((a, b) => a - b)
    .map((at) => ({
      at,
      came: rows.filter((row) => arrivalOf(row) === at),
      happened: happened.filter((one) => one.at === at),
    }));
}
