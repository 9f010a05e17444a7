// The ledger of what ad platforms were told: rows are taken by lease, and what a platform may come to know stands in them
// before it is told. Any number of processes work on one.
import type pg from 'pg';
import type { AudienceList, AudiencePlatform } from '../engine/audience-platform.ts';
import type { AudienceLedger, ClaimedBatch, ClaimedMember, MemberResult, Told } from '../engine/audience-sync.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import type { AdPlatformName, Settings } from '../engine/core/settings.ts';
import type { Catalog } from '../engine/ports.ts';
import { openRequests } from './audience-requests.ts';
import { inTransaction } from './postgres.ts';
import { json, type Session, time } from './session.ts';

interface Row {
  id: string;
  version: number;
  claim: number;
  attempt: number;
  wanted: boolean;
  sent: Told[];
  traits: JsonMap;
}

const FREE = `
  platform = $1 AND version > told AND (lease_until IS NULL OR lease_until <= $2) AND (retry_at IS NULL OR retry_at <= $2)`;
const NEXT = `SELECT audience FROM audience_members WHERE ${FREE} ORDER BY changed_at LIMIT 1`;
// Not the customers' rows: a turn may hold one for long. Whoever changes a trait raises the version afterwards.
const CLAIM = `
  WITH taken AS (
    SELECT id FROM audience_members WHERE ${FREE} AND audience = $3 ORDER BY changed_at LIMIT $4 FOR UPDATE SKIP LOCKED
  )
  SELECT m.id, m.version, m.claim, m.attempt, m.wanted, m.sent, c.traits
    FROM audience_members m JOIN taken USING (id) JOIN customers c ON c.id = m.customer_id ORDER BY m.changed_at, m.id`;
const TAKE = `
  UPDATE audience_members m SET claim = m.claim + 1, attempt = m.attempt + 1, lease_until = $3, sent = given.sent
    FROM unnest($1::text[], $2::jsonb[]) AS given(id, sent) WHERE m.id = given.id`;
const HELD = `
  SELECT m.id, m.sent FROM audience_members m JOIN unnest($1::text[], $2::int[]) AS given(id, claim)
    ON m.id = given.id AND m.claim = given.claim ORDER BY m.id FOR UPDATE OF m`;
const RECORD = `
  UPDATE audience_members m
     SET told = CASE WHEN given.told THEN given.version ELSE m.told END,
         told_at = CASE WHEN given.told THEN $8::timestamptz ELSE m.told_at END,
         attempt = CASE WHEN given.told THEN 0 ELSE m.attempt END,
         sent = given.sent, request_id = COALESCE(given.request, m.request_id), code = given.code,
         lease_until = NULL, retry_at = given.retry
    FROM unnest($1::text[], $2::int[], $3::boolean[], $4::jsonb[], $5::text[], $6::text[], $7::timestamptz[])
      AS given(id, version, told, sent, request, code, retry)
   WHERE m.id = given.id`;

export interface LedgerInput {
  pool: pg.Pool;
  catalog(): Promise<Catalog>;
  /** Real time. */
  real(): number;
}

export function createAudienceLedger({ pool, catalog, real }: LedgerInput): AudienceLedger {
  return {
    async claim(platform, leaseMs) {
      const { settings } = await catalog();
      const now = real();
      const leaseUntil = now + leaseMs;
      return inTransaction(pool, async (session) => {
        const next = await session.row<{ audience: string }>(NEXT, [platform.name, time(now)]);
        if (!next) return { members: [], leaseUntil };
        const list = listOf(settings, platform.name, next.audience);
        const values = [platform.name, time(now), next.audience, platform.most];
        const rows = await session.rows<Row>(CLAIM, values);
        return take(session, rows, leaseUntil, (row) => wantedOf(row, platform, list, settings));
      });
    },
    async record(platform, results, requests) {
      if (results.length === 0) return;
      await inTransaction(pool, async (session) => {
        await record(session, results, real());
        await openRequests(session, platform, requests, real());
      });
    },
  };
}

/** What the platform may come to know stands in the row before the call: whatever happens then, it can be taken back. */
async function take(
  session: Session,
  rows: Row[],
  leaseUntil: number,
  wantedIn: (row: Row) => Told | null,
): Promise<ClaimedBatch> {
  const members = rows.map((row): ClaimedMember => {
    const wanted = wantedIn(row);
    const unwanted = row.sent.filter((told) => !wanted || !isSame(told, wanted));
    const { id, version } = row;
    return { id, version, claim: row.claim + 1, attempt: row.attempt + 1, wanted, unwanted };
  });
  const sent = members.map(({ wanted, unwanted }) => json([...unwanted, ...(wanted ? [wanted] : [])]));
  if (rows.length > 0) await session.run(TAKE, [rows.map(({ id }) => id), sent, time(leaseUntil)]);
  return { members, leaseUntil };
}

async function record(session: Session, results: MemberResult[], now: number): Promise<void> {
  const held = await session.rows<{ id: string; sent: Told[] }>(HELD, [
    results.map(({ id }) => id),
    results.map(({ claim }) => claim),
  ]);
  const sentOf = new Map(held.map(({ id, sent }) => [id, sent]));
  const own = results.filter(({ id }) => sentOf.has(id));
  const column = <T>(of: (result: MemberResult) => T) => own.map(of);
  await session.run(RECORD, [
    ...[column(({ id }) => id), column(({ version }) => version), column(({ isTold }) => isTold)],
    column(({ id, forgotten }) => json(sentOf.get(id)!.filter((told) => !forgotten.some((one) => isSame(one, told))))),
    ...[column(({ requestId }) => requestId), column(({ code }) => code), column(({ retryAt }) => time(retryAt))],
    time(now),
  ]);
}

function wantedOf(
  { wanted, traits }: Row,
  platform: AudiencePlatform,
  list: AudienceList | null,
  settings: Settings,
): Told | null {
  const ids = wanted && list ? platform.identify(traits, countryOf(settings)) : null;
  return ids && list ? { ...list, ids } : null;
}

/** Null where the audience does not stand in the settings any more: whoever is in it is taken out. */
function listOf(settings: Settings, platform: string, audience: string): AudienceList | null {
  const own = settings.channels.ads?.[platform as AdPlatformName];
  const list = own && Object.hasOwn(own.audiences, audience) ? own.audiences[audience] : undefined;
  return own && list !== undefined ? { list, ...(own.account !== undefined && { account: own.account }) } : null;
}

/** Where the shop's language is at home: for numbers that do not say their country. */
export function countryOf(settings: Settings): string | undefined {
  return new Intl.Locale(settings.locale).maximize().region;
}

function isSame(one: Told, other: Told): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf({ list, account, ids }: Told): string {
  return JSON.stringify([list, account ?? null, Object.entries(ids).toSorted()]);
}
