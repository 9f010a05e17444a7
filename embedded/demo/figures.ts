// What came of it, asked where marketers and support ask: the same addresses that the pages read.
import type { ConversationRow } from '../../store/conversations.ts';
import type { JourneyView, SendCount } from '../../store/journey-view.ts';
import type { ListedJourney } from '../../store/journeys.ts';
import { json } from './reader.ts';

export interface Figures {
  journeys: {
    name: string;
    entered: number;
    goals: number;
    sent: number;
    notSent: number /** Other than by a goal. */;
    exits: number;
  }[];
  sent: number;
  /** How many messages were not sent, by reason. */
  silences: { [reason: string]: number };
  /** How often a channel was passed over because the customer has no address there. */
  passedOver: number;
  /** Exits other than by a goal. */
  exits: { [reason: string]: number };
  /** Conversations in which somebody is wanted. */
  waiting: number;
  /** What nobody knows the outcome of, and what stands still: both should be none. */
  unknown: number;
  stuck: number;
}

/** @param token the administrator's: it may see everything */
export async function readFigures(url: string, token: string): Promise<Figures> {
  const read = <T>(path: string) => json<T>(`${url}${path}`, token);
  const { journeys } = await read<{ journeys: ListedJourney[] }>('/journeys');
  const views = await Promise.all(journeys.map(({ journey }) => read<JourneyView>(`/journeys/${journey}`)));
  const [inbox, unknown, stuck] = await Promise.all([
    read<{ conversations: ConversationRow[] }>('/conversations?status=open'),
    read<{ deliveries: object[] }>('/deliveries?state=unknown'),
    read<{ enrollments: object[] }>('/enrollments?needs=attention'),
  ]);
  return {
    journeys: views.map(figuresOf),
    sent: sum(views.map((view) => sentIn(view))),
    silences: silencesIn(views),
    passedOver: sum(views.flatMap(({ sends }) => sends.filter(isPassedOver)).map(({ count }) => count)),
    exits: exitsIn(views),
    waiting: inbox.conversations.length,
    unknown: unknown.deliveries.length,
    stuck: stuck.enrollments.length,
  };
}

function figuresOf(view: JourneyView): Figures['journeys'][number] {
  const { journey: name, entered, exits, sends, measure } = view;
  const others = exits.filter(({ reason }) => reason !== 'goal');
  const goals = measure.treated.goals + measure.heldOut.goals;
  const [all, sent] = [sum(sends.filter((one) => !isPassedOver(one)).map(({ count }) => count)), sentIn(view)];
  return { name, entered, goals, sent, notSent: all - sent, exits: sum(others.map(({ count }) => count)) };
}

function sentIn({ sends }: JourneyView): number {
  return sum(sends.filter(({ outcome }) => outcome === 'sent').map(({ count }) => count));
}

/** Of `by: [push, line, email]` the next is tried: everybody in the cast has an address for mail. */
function isPassedOver({ outcome }: SendCount): boolean {
  return outcome === 'unreachable';
}

function silencesIn(views: JourneyView[]): Figures['silences'] {
  const all = views.flatMap(({ sends }) => sends).filter((one) => one.outcome !== 'sent' && !isPassedOver(one));
  return counted(all.map(({ outcome, count }) => [outcome, count]));
}

function exitsIn(views: JourneyView[]): Figures['exits'] {
  const all = views.flatMap(({ exits }) => exits).filter(({ reason }) => reason !== 'goal');
  return counted(all.map(({ reason, count }) => [reason, count]));
}

/** The most frequent first. */
function counted(pairs: [string, number][]): { [name: string]: number } {
  const counts = new Map<string, number>();
  for (const [name, count] of pairs) counts.set(name, (counts.get(name) ?? 0) + count);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
