// How a journey stands by what people have done to it: live, paused or stopped (journey-format §4).

export type JourneyStatus = 'live' | 'paused' | 'stopped';

/** One row a journey: what turns, claims and intake read, so that a pause or stop holds at once and wakes nobody. */
export interface JourneyStand {
  journey: string;
  status: JourneyStatus;
  /** When, and in whose role; null where nobody has ever done anything to it. */
  since: number | null;
  by: string | null;
  /**
   * What is left to do in batches, ending the open enrollments after a stop or nudging the parked after a resume: the
   * last enrollment that is done, '' before the first, null when there is nothing to do.
   */
  swept: string | null;
}

/** What somebody did to a journey, for the record. */
export interface JourneyAction {
  journey: string;
  action: 'pause' | 'resume' | 'stop';
  at: number;
  by: string;
}
