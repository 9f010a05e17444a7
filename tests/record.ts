// What a database has recorded, in the engine's words: for comparing it with the simulator's record.
import type pg from 'pg';
import type { AudienceMember } from '../engine/core/audience.ts';
import type { Decision, Delivery, Enrollment } from '../engine/core/enrollment.ts';
import type { WorldRecord } from '../simulator/world.ts';

/** All decisions in the order of recording, deliveries and enrollments; moments in milliseconds. */
export async function recordOf(pool: pg.Pool): Promise<WorldRecord> {
  const decisions = await pool.query('SELECT * FROM decisions ORDER BY id');
  const deliveries = await pool.query('SELECT * FROM deliveries ORDER BY key');
  const enrollments = await pool.query('SELECT * FROM enrollments ORDER BY id');
  const audiences = await pool.query('SELECT * FROM audience_members ORDER BY id');
  const users = await pool.query(`SELECT value, customer_id FROM identities WHERE kind <> 'line' ORDER BY kind, value`);
  return {
    decisions: decisions.rows.map((row) => inWords<Decision & { count: number }>(row)),
    deliveries: deliveries.rows.map((row) => inWords<Delivery>(row)),
    enrollments: enrollments.rows.map((row) => inWords<Enrollment>(row)),
    audiences: audiences.rows.map((row) => inWords<AudienceMember>(row)),
    customers: Object.fromEntries(users.rows.map(({ value, customer_id }) => [customer_id, value])),
  };
}

/** A row with the engine's names, and its moments in milliseconds. */
function inWords<T>(row: { [column: string]: unknown }): T {
  const entries = Object.entries(row).map(([column, value]) => {
    const name = column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const isMoment = /^(at|last_at|lease_until|.*_at)$/.test(column) && value !== null;
    return [name, isMoment ? new Date(value as string).getTime() : value];
  });
  return Object.fromEntries(entries) as T;
}
