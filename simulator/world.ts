// A place where journeys run under the step clock: in memory, or on PostgreSQL and Temporal. Scenarios know only this.
import type { AnswerReceipt, IncomingAnswer } from '../engine/answer.ts';
import type { AudienceMember } from '../engine/core/audience.ts';
import type { Decision, Delivery, Enrollment } from '../engine/core/enrollment.ts';
import type { Json } from '../engine/core/schema.ts';
import type { Catalog, Identity } from '../engine/ports.ts';
import type { ConsentInput, Incoming } from '../engine/receive.ts';
import type { Action } from '../language/test-file.ts';
import type { ChannelScript } from './scripted-channel.ts';
import type { WebhookScript } from './scripted-webhooks.ts';
import type { StepClock } from './step-clock.ts';

export interface World {
  clock: StepClock;
  channel: ChannelScript;
  webhooks: WebhookScript;
  publish(catalog: Catalog): Promise<void>;
  receive(incoming: Incoming): Promise<void>;
  consent(input: ConsentInput): Promise<void>;
  /** Somebody resolves the open conversations of a customer in this queue; how many there were. */
  resolveConversations(who: Identity, queue: string): Promise<number>;
  /** A customer answers a question. */
  answer(answer: IncomingAnswer): Promise<AnswerReceipt>;
  /** Suppresses the address that this customer has on the channel. */
  suppress(who: Identity, channel: string, reason: string): Promise<void>;
  /** Makes this customer reachable by LINE or on a device; null: takes all such addresses of the channel away. */
  reach(who: Identity, channel: 'line' | 'push', address: string | null): Promise<void>;
  /** Fixes a draw of this customer. */
  draw(who: Identity, experiment: string, value: Json): Promise<void>;
  /** Somebody does something to these journeys, or to this customer in them; throws where there is nothing to do. */
  act(journeys: string[], who: Identity, action: Action): Promise<void>;
  /** Runs until nothing more happens at this moment. */
  settle(): Promise<void>;
  /** The earliest moment at which an open enrollment is due, or null. */
  nextDue(): Promise<number | null>;
  /** Asks for a turn of everything that is due by now. */
  nudge(): Promise<void>;
  /** All that was recorded, oldest first, and who each customer is. */
  record(): Promise<WorldRecord>;
}

export interface WorldRecord {
  decisions: (Decision & { count: number })[];
  deliveries: Delivery[];
  enrollments: Enrollment[];
  /** What is wanted of each audience and platform. */
  audiences: AudienceMember[];
  /** Customer id → user id, or the anonymous id of a visitor. */
  customers: { [id: string]: string };
}

/** Runs what is due before `until` (not what is due at it), then stands at `until`. */
export async function advance(world: World, until: number): Promise<void> {
  await settleDue(world, (due) => due < until);
  world.clock.set(until);
}

/** Runs what is to be done at this moment: what has just come in, and what is due. */
export async function runMoment(world: Pick<World, 'nudge' | 'settle'>): Promise<void> {
  await world.nudge();
  await world.settle();
}

/** Runs until nothing is due any more. */
export async function finish(world: World): Promise<void> {
  await settleDue(world, () => true);
}

async function settleDue(world: World, isWanted: (due: number) => boolean): Promise<void> {
  await world.settle();
  for (let due = await world.nextDue(); due !== null && isWanted(due); due = await world.nextDue()) {
    world.clock.set(due);
    await runMoment(world);
  }
}
