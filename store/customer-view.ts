// What support sees of one customer: where they stand, what came in, what was decided and what was sent.
// Plain JSON; times are ISO strings.
import type pg from 'pg';
import { addressName } from '../engine/erase.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from './prisma.ts';
import { openSession } from './session.ts';

export type CustomerView = NonNullable<Awaited<ReturnType<typeof customerView>>>;

/** How many of the newest rows to show. */
export interface ViewLimits {
  events: number;
  decisions: number;
  deliveries: number;
}

export interface FoundCustomer {
  id: string;
  userId: string | null;
  email: string | null;
  /** As the shop knows it; empty where it does not. */
  name: string;
}

/** The newest: who empties a cart every day has one a day. */
const mostEnrollments = 100;

const FOUND = `
  c.id, c.traits ->> 'email' AS email, concat_ws(' ', c.traits ->> 'last_name', c.traits ->> 'first_name') AS name,
  (SELECT min(value) FROM identities WHERE customer_id = c.id AND kind = 'user') AS "userId"`;
const SEARCH = `
  SELECT ${FOUND}
    FROM customers c
   WHERE c.merged_into IS NULL AND c.id IN (
     SELECT id FROM customers WHERE id = $1
     UNION SELECT customer_id FROM identities WHERE kind IN ('user', 'anonymous') AND value = $1
     UNION SELECT id FROM customers WHERE lower(traits ->> 'email') = lower($1)
     UNION SELECT customer_id FROM enrollments WHERE key = $1
     UNION SELECT customer_id FROM events WHERE name = ANY ($2) AND same = $1)
   ORDER BY c.id LIMIT 20`;
// Ids of events are made in order of arrival.
const LATE = `
  SELECT ${FOUND}
    FROM (SELECT customer_id, max(id) AS newest FROM (SELECT customer_id, id FROM events ORDER BY id DESC LIMIT 500) late
           GROUP BY customer_id) seen
    JOIN customers c ON c.id = seen.customer_id
   WHERE c.merged_into IS NULL AND c.erased_at IS NULL ORDER BY seen.newest DESC LIMIT 10`;
// What two reports of one fact share, as orders their number; the newest publication says which events do.
const SAME = `
  SELECT DISTINCT e.key AS name FROM settings_versions s
    JOIN (SELECT settings_version FROM publications ORDER BY number DESC LIMIT 1) p ON p.settings_version = s.version,
         json_each(s.settings -> 'events') e WHERE e.value ->> 'same' IS NOT NULL`;

/**
 * Customers by what an agent has at hand, whole and not in part: the shop's or the browser's id, the e-mail address
 * (capitals do not matter), the id of a cart or order that an enrollment is about or an event is the report of, or our own id. At most 20.
 */
export async function searchCustomers(pool: pg.Pool, q: string): Promise<FoundCustomer[]> {
  const text = q.replaceAll('\0', '').trim();
  if (text === '') return [];
  const session = openSession(pool);
  const shared = await session.rows<{ name: string }>(SAME, []);
  return session.rows(SEARCH, [text, shared.map(({ name }) => name)]);
}

/** Whom the newest events are about, the last one first. At most ten. */
export function lateCustomers(pool: pg.Pool): Promise<FoundCustomer[]> {
  return openSession(pool).rows(LATE, []);
}

/**
 * Everything on one page, by our id or by the shop's user id; a merged customer shows the one they were merged into.
 * Null: there is none.
 */
export async function customerView(
  prisma: PrismaClient,
  id: string,
  hashOf: (text: string) => string,
  limits: ViewLimits = { events: 50, decisions: 200, deliveries: 100 },
) {
  const customer = await find(prisma, id);
  if (!customer) return null;
  const { id: customerId } = customer;
  const [enrollments, events, decisions, deliveries, suppressions, audiences] = await Promise.all([
    enrollmentsOf(prisma, customerId),
    prisma.event.findMany({
      where: { customerId },
      omit: { customerId: true, same: true },
      orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
      take: limits.events,
    }),
    prisma.decision.findMany({
      where: { customerId },
      omit: { id: true, customerId: true, fold: true },
      orderBy: [{ lastAt: 'desc' }, { id: 'desc' }],
      take: limits.decisions,
    }),
    prisma.delivery.findMany({
      where: { customerId },
      omit: { customerId: true, rendered: true, claimedBy: true },
      orderBy: [{ createdAt: 'desc' }, { key: 'desc' }],
      take: limits.deliveries,
    }),
    suppressionsOf(prisma, addressesIn(customer.traits), hashOf),
    audiencesOf(prisma, customerId),
  ]);
  const { consents, ...who } = customer;
  const consent = { current: currentOf(consents), history: consents };
  return toIso({ ...who, consent, suppressions, enrollments, audiences, events, decisions, deliveries });
}

/** What was sent, as it was sent, by the delivery's effect key; null where nothing was rendered or it was erased. */
export async function deliveryBody(prisma: PrismaClient, key: string) {
  const row = await prisma.delivery.findUnique({ where: { key }, select: { to: true, rendered: true } });
  return row?.rendered ? { to: row.to, ...(row.rendered as Prisma.JsonObject) } : null;
}

export interface SentMail {
  html: string;
  sentAt: number | null;
}

const SENT = `SELECT rendered ->> 'html' AS html, sent_at AS "sentAt" FROM deliveries WHERE key = $1 AND rendered ? 'html'`;

/** The HTML of a mail, and when it was handed over; null where there is none, or it was erased. */
export function sentMail(pool: pg.Pool, key: string): Promise<SentMail | null> {
  return openSession(pool).row(SENT, [key]);
}

async function find(prisma: PrismaClient, id: string) {
  const found = await read(prisma, id);
  if (found) return found;
  const identity = await prisma.identity.findUnique({ where: { kind_value: { kind: 'user', value: id } } });
  return identity && read(prisma, identity.customerId);
}

/** Follows merges. */
async function read(prisma: PrismaClient, id: string) {
  for (let next = id; ; ) {
    const customer = await prisma.customer.findUnique({
      where: { id: next },
      include: {
        identities: { omit: { customerId: true }, orderBy: { boundAt: 'asc' } },
        consents: { omit: { id: true, customerId: true }, orderBy: { id: 'asc' } },
      },
    });
    if (!customer) return null;
    const { mergedInto, ...row } = customer;
    if (mergedInto === null) return row;
    next = mergedInto;
  }
}

async function enrollmentsOf(prisma: PrismaClient, customerId: string) {
  const rows = await prisma.enrollment.findMany({
    where: { customerId },
    omit: { customerId: true, entrySlot: true, state: true, turnToken: true, turn: true },
    // `active` comes first by its letters: an open one is never left out for newer ones that are over.
    orderBy: [{ status: 'asc' }, { enteredAt: 'desc' }, { id: 'desc' }],
    take: mostEnrollments,
  });
  const titles = await prisma.journeyVersion.findMany({
    where: { version: { in: [...new Set(rows.map(({ version }) => version))] } },
    select: { version: true, title: true },
  });
  const titleOf = new Map(titles.map(({ version, title }) => [version, title]));
  return rows.map((row) => ({ ...row, title: titleOf.get(row.version) ?? null }));
}

/** Which audiences they are or were in, which enrollments want them there, and whether the platform knows. No hashes. */
async function audiencesOf(prisma: PrismaClient, customerId: string) {
  const rows = await prisma.audienceMember.findMany({
    where: { customerId },
    omit: { ...{ id: true, customerId: true, sent: true, attempt: true, claim: true }, leaseUntil: true },
    orderBy: [{ audience: 'asc' }, { platform: 'asc' }],
  });
  return rows.map(({ version, told, ...row }) => ({ ...row, isTold: version === told }));
}

interface Said {
  channel: string;
  purpose: string;
  state: string;
  at: Date;
}

/** The newest evidence of each channel and purpose; at a tie the withdrawal. The rule of `grants` in consents.ts. */
function currentOf<Row extends Said>(history: Row[]): Row[] {
  const current = new Map<string, Row>();
  for (const row of history) {
    const name = `${row.channel} ${row.purpose}`;
    const standing = current.get(name);
    const isNewer = !standing || row.at > standing.at || (+row.at === +standing.at && row.state === 'withdrawn');
    if (isNewer) current.set(name, row);
  }
  return [...current.values()];
}

/** What stands at an address, or at its hash since somebody who had it was erased. */
async function suppressionsOf(prisma: PrismaClient, addresses: string[], hashOf: (text: string) => string) {
  const hashed = addresses.map((address) => [hashOf(addressName(address)), address] as const);
  const named = new Map([...addresses.map((address) => [address, address] as const), ...hashed]);
  const rows = await prisma.suppression.findMany({
    where: { address: { in: [...named.keys()] } },
    orderBy: { at: 'asc' },
  });
  return rows.map((row) => ({ ...row, address: named.get(row.address)! }));
}

function addressesIn(traits: Prisma.JsonValue): string[] {
  const { email, phone } = (traits ?? {}) as { email?: unknown; phone?: unknown };
  return [email, phone].filter((address) => typeof address === 'string').map((address) => address.toLowerCase());
}

/** What JSON makes of it, with the type to match. */
export type Iso<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Iso<Item>[]
    : T extends object
      ? { [K in keyof T]: Iso<T[K]> }
      : T;

export function toIso<T>(value: T): Iso<T> {
  return JSON.parse(JSON.stringify(value)) as Iso<T>;
}
