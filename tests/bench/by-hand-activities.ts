// The activities of the workflow by hand: one that records nothing, and one that leaves the rows that our turns leave.
import { createTransport } from 'nodemailer';
import type pg from 'pg';
import type { ByHandInput } from './by-hand-workflow.ts';

export interface ByHandActivities {
  send(input: ByHandInput, message: number): Promise<void>;
}

/** Hands the mail over; closing is for the end. */
export interface Mailer {
  send(to: string, mail: Mail): Promise<void>;
  close(): void;
}

interface Mail {
  subject: string;
  html: string;
  text: string;
}

export const noMailer: Mailer = { send: async () => {}, close: () => {} };

export function smtpMailer(url: string): Mailer {
  const transport = createTransport({ url, pool: true, maxConnections: 5 });
  return {
    async send(to, mail) {
      await transport.sendMail({ from: '旅路商店 <hello@shop.example>', to, ...mail });
    },
    close: () => transport.close(),
  };
}

/** Waits and sends, and nothing else. */
export function recordingNothing(mailer: Mailer, sent: (id: string, message: number) => void): ByHandActivities {
  return {
    async send({ enrollmentId, email }, message) {
      await mailer.send(email, render());
      sent(enrollmentId, message);
    },
  };
}

/** Two transactions a send, one on each side of the mail: at most once, and support can read what happened. */
export function recordingAll(
  pool: pg.Pool,
  mailer: Mailer,
  sent: (id: string, message: number) => void,
): ByHandActivities {
  return {
    async send(input, message) {
      const mail = render();
      await before(pool, input, message, mail);
      await mailer.send(input.email, mail);
      await after(pool, input, message);
      sent(input.enrollmentId, message);
    },
  };
}

function render(): Mail {
  const name = '花子';
  const html = `<p>${name}様、ご登録ありがとうございます。</p>
<p>うつわは一つずつ手で作っております。<a href="https://shop.example/new">新しい品を見る</a></p>
<p>旅路商店 東京都千代田区1-1 support@shop.example <a href="https://shop.example/u/0123456789">配信停止</a></p>`;
  return { subject: `こんにちは ${name}様`, html, text: html.replaceAll(/<[^>]+>/g, '') };
}

const TURN = `INSERT INTO turns (enrollment_id, number, event_ids, at) VALUES ($1, $2, '{}', $3)`;
const CLAIM = `
  INSERT INTO deliveries (key, enrollment_id, customer_id, journey, version, step, message, channel, purpose, state,
                          attempt, claimed_by, lease_until, created_at, rendered, "to")
  VALUES ($1, $2, $3, 'three-mails', $4, 'send', 'hello', 'email', 'marketing', 'sending', 1, 1, $5, $5, $6, $7)`;
const ACCEPTED = `
  UPDATE deliveries SET state = 'accepted', sent_at = $2, claimed_by = NULL, lease_until = NULL WHERE key = $1`;
const DECIDED = `
  INSERT INTO decisions (kind, customer_id, journey, version, enrollment_id, turn, seq, at, step, outcome, inputs,
                         needed, message, channel, effect_key, last_at)
  SELECT kind, $1, 'three-mails', $2, $3, $4, ordinality, $5, 'send', kind, '{}', '', 'hello', 'email', $6, $5
    FROM unnest($7::text[]) WITH ORDINALITY AS given(kind)`;
const FINISH = `UPDATE turns SET result = '{"step":"send"}' WHERE enrollment_id = $1 AND number = $2`;
const MOVE = `UPDATE enrollments SET state = $2, step = 'send', due_at = $3, turn = $4, status = $5 WHERE id = $1`;

async function before(pool: pg.Pool, input: ByHandInput, message: number, mail: Mail): Promise<void> {
  const now = new Date().toISOString();
  const { enrollmentId, customerId, version, email } = input;
  await transaction(pool, async (query) => {
    await query('turn', TURN, [enrollmentId, message, now]);
    const key = `${enrollmentId}/${message}`;
    await query('claim', CLAIM, [key, enrollmentId, customerId, version, now, JSON.stringify(mail), email]);
  });
}

/** The wake-up between two waits sends nothing; what it would record is written with the next send. */
async function after(pool: pg.Pool, input: ByHandInput, message: number): Promise<void> {
  const now = new Date().toISOString();
  const { enrollmentId, customerId, version } = input;
  const key = `${enrollmentId}/${message}`;
  const isLast = message === 3;
  const kinds = [['sent'], ['timed_out', 'sent'], ['timed_out', 'timed_out', 'sent', 'completed']][message - 1]!;
  const state = JSON.stringify({ step: 'send', effects: message, since: now });
  await transaction(pool, async (query) => {
    await query('accepted', ACCEPTED, [key, now]);
    await query('decided', DECIDED, [customerId, version, enrollmentId, message, now, key, kinds]);
    await query('finish', FINISH, [enrollmentId, message]);
    if (isLast) await query('turn', TURN, [enrollmentId, 4, now]);
    await query('move', MOVE, [enrollmentId, state, isLast ? null : now, message, isLast ? 'completed' : 'active']);
  });
}

type Query = (name: string, text: string, values: unknown[]) => Promise<unknown>;

async function transaction(pool: pg.Pool, work: (query: Query) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work((name, text, values) => client.query({ name: `by_hand_${name}`, text, values }));
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
