// The one thing a workflow is ever told. It carries nothing: what there is to see stands in PostgreSQL.

/** The signal's name. A wake-up, not a message: repeated, early or in any order, it only causes a turn. */
export const LOOK = 'look';
