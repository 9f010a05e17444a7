// The activities of the durable driver, bound to what they work on.
import { type RunTurn, turnActivity } from './turn.ts';

/** What the activities need: the engine's turn, already bound to its ports. */
export interface ActivityDeps {
  turn: RunTurn;
}

/** The activities a worker registers; workflows know them by this type only. */
export function createActivities(deps: ActivityDeps) {
  return { turn: turnActivity(deps.turn) };
}
