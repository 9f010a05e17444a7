// POST /hooks/bounces: what a mail server, or a provider of mail, hands back. A raw mail (RFC 3464, RFC 5965) or JSON.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type MailReport, readMailReport } from '../../activities/channels/mail-report.ts';
import { isAddressGone } from '../../activities/channels/smtp-outcome.ts';
import { heardKinds } from '../../engine/core/reasons.ts';
import { keyOfMessageId } from '../../engine/message-id.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isSigned } from '../hook-signature.ts';
import { shaped } from '../shape.ts';

/** A bounce may carry the whole mail that it is about. */
const bodyLimit = 12 * 1024 * 1024;

/** `bounce` leaves it to the code whether the address is gone; any other is said as it is. */
const reportShape = z.looseObject({
  type: z.enum(['bounce', ...heardKinds], { error: `must be one of bounce, ${heardKinds.join(', ')}` }),
  message_id: z.string().max(512).optional(),
  delivery: z.string().max(128).optional(),
  address: z.string().max(320).optional(),
  code: z
    .string()
    .regex(/^[245]\.\d{1,3}\.\d{1,3}$/, { error: 'must be a status code such as 5.1.1' })
    .optional(),
  at: z.iso.datetime({ offset: true, error: 'must be a moment such as 2026-05-01T10:00:00Z' }).optional(),
});
export const bouncesShape = z.union([
  z.looseObject({ reports: z.array(reportShape).max(1000) }),
  reportShape.transform((one) => ({ reports: [one] })),
]);

export function bounceRoutes(app: FastifyInstance, deps: AppDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // A body without a type is taken, too.
  app.addHook('onRequest', async (request) => {
    request.raw.headers['content-type'] ??= 'application/octet-stream';
  });

  const config = { needs: 'public', summary: 'What mail servers hand back: bounces and complaints; signed' } as const;
  app.post('/hooks/bounces', { config, bodyLimit }, async (request) => {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    verify(deps, request, raw);
    const reports: { report: string; delivery: string | null; status: string }[] = [];
    for (const one of await reportsIn(request, raw)) reports.push(await take(deps, one));
    if (reports.some(({ status }) => status === 'done')) deps.wakeDispatcher();
    return { reports };
  });
}

function verify(deps: AppDeps, request: FastifyRequest, raw: Buffer): void {
  if (!deps.bouncesSecret)
    throw new CallerError('not_found', 'bounces are not taken here: set TABIJI_BOUNCES_SECRET to take them');
  if (!isSigned(deps.bouncesSecret, request.headers, raw))
    throw new CallerError(
      'unauthorized',
      'sign the body as Standard Webhooks say, or send Authorization: Bearer with the secret of TABIJI_BOUNCES_SECRET',
    );
}

async function reportsIn(request: FastifyRequest, raw: Buffer): Promise<MailReport[]> {
  if (!/json/.test(request.headers['content-type'] ?? '')) return readMailReport(raw);
  const { reports } = shaped(bouncesShape, parsed(raw));
  return reports.map(({ type, message_id, delivery, address = null, code = null, at }) => {
    const kind = type === 'bounce' ? (code !== null && isAddressGone(code) ? 'bounced' : 'returned') : type;
    const key = delivery ?? keyOfMessageId(message_id ?? '');
    const source = kind === 'complained' ? 'feedback_loop' : 'bounce';
    return { kind, source, key, address, code, at: at === undefined ? null : Date.parse(at) };
  });
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw new CallerError('invalid', 'the body is no JSON; send a raw mail as message/rfc822');
  }
}

/** `unmatched`: nothing in it names a delivery of ours, so nothing can follow from it. */
async function take(deps: AppDeps, { kind, key, source, code, at, address }: MailReport) {
  const said = { report: kind, delivery: key };
  if (key === null) return { ...said, status: 'unmatched' };
  const heard = { kind, source, code, at: at ?? deps.clock.now(), ...(address !== null && { address }) };
  const answer = await deps.report(key, heard);
  return { ...said, status: answer.kind === 'not_found' ? 'unmatched' : answer.kind };
}
