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

/** What may be heard of a message after its hand-over, from providers and through the links in it. */
export const heardKinds = [
  /** It arrived. */
  'delivered',
  /** A server on its way still tries. */
  'delayed',
  /** It came back, because the address does not exist or takes no mail any more. */
  'bounced',
  /** It came back for another reason: a full mailbox, a policy. */
  'returned',
  /** The recipient called it unwanted. */
  'complained',
  'opened',
  'clicked',
  'answered',
] as const;
export type HeardKind = (typeof heardKinds)[number];

/** And what an agent, the provider when asked, or the late answer to the call itself says: whether it was taken. */
export const reportKinds = [...heardKinds, 'taken', 'not_taken'] as const;
export type ReportKind = (typeof reportKinds)[number];
