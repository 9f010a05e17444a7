// The activities of the durable driver, bound to what they work on. Workflows know them by their types only.
import { deliverActivity, type RunDelivery, type RunTurn, turnActivity } from './turn.ts';

/** Of the installation's queue: the engine's turn, already bound to its ports. */
export function createActivities(deps: { turn: RunTurn }) {
  return { turn: turnActivity(deps.turn) };
}

/** Of a channel's queue. */
export function createChannelActivities(deps: { deliver: RunDelivery }) {
  return { deliver: deliverActivity(deps.deliver) };
}
