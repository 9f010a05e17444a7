// Messages that somebody sent to themselves: written before they leave, so that none goes out unrecorded.
import type pg from 'pg';
import { openSession, time } from './session.ts';

export interface TestMessage {
  journey: string;
  message: string;
  channel: string;
  /** Whose data it was filled with. */
  customerId: string;
  /** What stands behind the @. */
  host: string;
  /** Milliseconds since the epoch. */
  at: number;
  by: string;
}

/** What a sender of tests asks of the store. */
export interface TestMessages {
  /** Answers what `settle` is told. */
  record(test: TestMessage): Promise<number>;
  settle(id: number, outcome: string): Promise<void>;
}

const RECORD = `
  INSERT INTO test_messages (journey, message, channel, customer_id, host, at, by, outcome)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked') RETURNING id`;
const SETTLE = 'UPDATE test_messages SET outcome = $2 WHERE id = $1';

export function createTestMessages(pool: pg.Pool): TestMessages {
  const session = openSession(pool);
  return {
    async record({ journey, message, channel, customerId, host, at, by }) {
      const row = await session.row<{ id: number }>(RECORD, [
        journey,
        message,
        channel,
        customerId,
        host,
        time(at),
        by,
      ]);
      return row!.id;
    },
    settle: (id, outcome) => session.run(SETTLE, [id, outcome]).then(() => undefined),
  };
}
