// What a turn tells its driver. It goes into Temporal's history, so: ids, codes and numbers only.

export interface TurnResult {
  turn: number;
  step: string | null;
  /** Real milliseconds until it wants to be called again; 0: at once; null: when it is told to look. */
  sleepMs: number | null;
  finished: boolean;
  /** A message of it waits for its channel's queue: to be attempted there, unless what it sleeps for comes first. */
  deliver?: Queued;
}

/** A delivery in its channel's queue. */
export interface Queued {
  channel: string;
  key: string;
}
