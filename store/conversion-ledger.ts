// The ledger of conversions: taken by lease, like audience members. What may not be told any more (the consent was
// withdrawn, the customer erased, the event too old) is found when it is taken.
import type { ClaimedConversion, Conversion, ConversionLedger, ConversionPlatform } from '../engine/conversion-sync.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import type { AdConversions, Settings } from '../engine/core/settings.ts';
import { countryOf, type LedgerInput } from './audience-ledger.ts';
import { inTransaction } from './postgres.ts';
import { type Session, time } from './session.ts';

interface Row {
  id: string;
  claim: number;
  attempt: number;
  traits: JsonMap;
  isErased: boolean;
  isConsented: boolean;
  eventId: string;
  occurredAt: number;
  data: JsonMap;
}

// The newest evidence decides, and at a tie the withdrawal: the rule of consents.ts.
const CLAIM = `
  WITH taken AS (
    SELECT id FROM ad_conversions
     WHERE platform = $1 AND state = 'waiting' AND (lease_until IS NULL OR lease_until <= $2)
       AND (retry_at IS NULL OR retry_at <= $2)
     ORDER BY created_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
  )
  SELECT v.id, v.claim, v.attempt, c.traits, c.erased_at IS NOT NULL AS "isErased",
         COALESCE(e.same, e.source_id) AS "eventId", e.occurred_at AS "occurredAt", e.data,
         COALESCE((SELECT s.state = 'granted' FROM consents s
                    WHERE s.customer_id = v.customer_id AND s.channel = 'ads' AND s.purpose = v.purpose
                    ORDER BY s.at DESC, s.state = 'withdrawn' DESC LIMIT 1), false) AS "isConsented"
    FROM ad_conversions v JOIN taken USING (id) JOIN customers c ON c.id = v.customer_id JOIN events e ON e.id = v.event_id
   ORDER BY v.created_at, v.id`;
const TAKE = `
  UPDATE ad_conversions SET claim = claim + 1, attempt = attempt + 1, lease_until = $2 WHERE id = ANY ($1)`;
const SUPPRESS = `
  UPDATE ad_conversions v SET state = 'suppressed', reason = given.reason, lease_until = NULL
    FROM unnest($1::text[], $2::text[]) AS given(id, reason) WHERE v.id = given.id`;
const RECORD = `
  UPDATE ad_conversions v
     SET state = given.state, code = given.code, retry_at = given.retry, lease_until = NULL,
         told_at = CASE WHEN given.state = 'told' THEN $6::timestamptz END
    FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::timestamptz[]) AS given(id, claim, state, code, retry)
   WHERE v.id = given.id AND v.claim = given.claim`;

export function createConversionLedger({ pool, catalog, real }: LedgerInput): ConversionLedger {
  return {
    async claim(platform, leaseMs) {
      const { settings } = await catalog();
      const own = settings.channels.ads?.meta?.conversions;
      const now = real();
      const leaseUntil = now + leaseMs;
      // What was to be told under settings that are gone waits for others.
      if (!own) return { taken: 0, rows: [], leaseUntil };
      return inTransaction(pool, async (session) => {
        const found = await session.rows<Row>(CLAIM, [platform.name, time(now), platform.most]);
        const rows = await take(session, found, leaseUntil, (row) => judge(row, platform, own, settings, now));
        return { taken: found.length, rows, leaseUntil };
      });
    },
    async record(results) {
      await inTransaction(pool, (session) =>
        session.run(RECORD, [
          ...[results.map(({ id }) => id), results.map(({ claim }) => claim), results.map(({ state }) => state)],
          ...[results.map(({ code }) => code), results.map(({ retryAt }) => time(retryAt)), time(real())],
        ]),
      );
    },
  };
}

async function take(
  session: Session,
  found: Row[],
  leaseUntil: number,
  judgeOf: (row: Row) => Conversion | string,
): Promise<ClaimedConversion[]> {
  const judged = found.map((row) => ({ row, answer: judgeOf(row) }));
  const rows = judged.flatMap(({ row: { id, claim, attempt }, answer }) =>
    typeof answer === 'string' ? [] : [{ id, claim: claim + 1, attempt: attempt + 1, conversion: answer }],
  );
  const refused = judged.filter(({ answer }) => typeof answer === 'string');
  if (rows.length > 0) await session.run(TAKE, [rows.map(({ id }) => id), time(leaseUntil)]);
  if (refused.length > 0)
    await session.run(SUPPRESS, [refused.map(({ row }) => row.id), refused.map(({ answer }) => answer)]);
  return rows;
}

/** The conversion, or the reason word for not telling of it. */
function judge(row: Row, platform: ConversionPlatform, own: AdConversions, settings: Settings, now: number) {
  if (row.isErased) return 'erased';
  if (!row.isConsented) return 'consent';
  // One that is too old has the whole call refused.
  if (now - row.occurredAt >= platform.oldestMs) return 'expired';
  const user = platform.identify(row.traits, countryOf(settings));
  if (!user) return 'unreachable';
  const { dataset, event } = own;
  return { dataset, event, at: row.occurredAt, eventId: row.eventId, user, worth: worthOf(row.data, own) };
}

function worthOf(data: JsonMap, { value, currency }: AdConversions): Conversion['worth'] {
  const worth = value === undefined ? undefined : data[value];
  return typeof worth === 'number' && currency !== undefined ? { value: worth, currency } : null;
}
