// POST /v1/consents: what a customer agreed to, or took back, with the evidence for it.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { channelNames } from '../../engine/core/channels.ts';
import { convertMap } from '../../engine/core/convert.ts';
import { momentOf } from '../../engine/core/local-time.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { id, isTooDeep, moment } from '../ingest/calls.ts';
import { shaped } from '../shape.ts';

/** The channels that consent may be given for; `ads` stands for audiences (journey-language §10). */
export const channels = [...channelNames, 'ads'] as const;

export const consentShape = z.strictObject({
  userId: id,
  anonymousId: id,
  channel: z.enum(channels, { error: `must be one of ${channels.join(', ')}` }),
  purpose: z.string({ error: 'must be a purpose of settings.yaml, such as marketing' }).max(64),
  state: z.enum(['granted', 'withdrawn'], { error: 'must be granted or withdrawn' }),
  /** When the customer said so; now, if absent. */
  at: moment,
  evidence: z.record(z.string(), z.unknown(), { error: 'must be an object: what was shown, where' }).nullish(),
});

export function consentRoutes(app: FastifyInstance, deps: AppDeps): void {
  const config = { needs: 'set_consent', summary: 'Records a consent given or withdrawn, with its evidence' } as const;
  app.post('/v1/consents', { bodyLimit: 16 * 1024, config }, async (request) => {
    const sent = shaped(consentShape, request.body);
    if (!sent.userId && !sent.anonymousId) throw new CallerError('invalid', 'userId or anonymousId must be there');
    await requirePurpose(deps, sent.purpose);
    await deps.recordConsent({
      customer: { userId: sent.userId ?? undefined, anonymousId: sent.anonymousId ?? undefined },
      channel: sent.channel,
      purpose: sent.purpose,
      state: sent.state,
      at: momentOfConsent(sent.at, deps.clock.now()),
      source: 'consents',
      evidence: evidenceOf(sent),
    });
    return { status: 'recorded' };
  });
}

/** A purpose that no message can have would be a consent that never counts. */
export async function requirePurpose(deps: AppDeps, purpose: string): Promise<void> {
  const { settings } = await deps.catalog();
  const known = ['marketing', ...settings.purposes];
  if (!known.includes(purpose))
    throw new CallerError('invalid', `purpose: must be one of ${[...new Set(known)].join(', ')}`);
}

function momentOfConsent(at: string | number | null | undefined, now: number): number {
  if (at === undefined || at === null) return now;
  const said = momentOf(at, 'UTC');
  if (said === null) throw new CallerError('invalid', 'at: must be a time in ISO 8601, such as 2026-11-20T09:30:00Z');
  return Math.min(said, now);
}

/** A consent given must be provable (GDPR, article 7(1)); one taken back needs no reason. */
function evidenceOf(sent: z.infer<typeof consentShape>): JsonMap {
  const evidence = sent.evidence ?? {};
  if (isTooDeep(evidence)) throw new CallerError('invalid', 'evidence: its maps and lists lie in each other too deep');
  if (sent.state === 'granted' && Object.keys(evidence).length === 0) {
    throw new CallerError(
      'invalid',
      'evidence: a consent given needs it, as in {"form": "newsletter footer", "text": "..."}',
    );
  }
  return convertMap(null, evidence, 'UTC').data;
}
