// The words for why something did not happen (journey-format §10): the same in decisions, transcripts, API and pages.

export const notSentReasons = [
  'exit',
  'stopped',
  'ejected',
  'erased',
  'holdout',
  'unreachable',
  'consent',
  'suppression',
  'only_if',
  'quiet_hours',
  'cap',
  'expired',
  'render',
  'condition_error',
  'gone',
  'failed',
  'cancelled',
] as const;
export type NotSentReason = (typeof notSentReasons)[number];

export const notEnteredReasons = ['again', 'paused', 'stopped', 'if', 'late', 'season', 'older', 'already'] as const;
export type NotEnteredReason = (typeof notEnteredReasons)[number];

/** Exit reasons that the engine itself gives; an author's `as`, an exit step's word or an event's name stand beside them. */
export const exitReasons = [
  'goal',
  'expired',
  'superseded',
  'merged',
  'erased',
  'ejected',
  'stopped',
  'past',
  'send_failed',
] as const;
