// POST /journeys/:name/test-sends: a message as a customer would get it, by mail to whoever looks it over.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText, shaped } from '../shape.ts';
import { createShare } from '../share.ts';
import { notFound, sendTest, type TestSendDeps } from '../test-sends.ts';
import { previewShape } from './journey-pages.ts';

export const testSendShape = previewShape.extend({
  to: z.email({ error: 'must be a mail address, such as you@shop.example' }).max(254),
});

/** For each role, in each server process. */
const share = { tests: 20, seconds: 600 };

export function testSendRoutes(app: FastifyInstance, deps: AppDeps): void {
  const { take } = createShare(share.tests, share.seconds, 'too many tests were sent; wait a few minutes');
  const sending: TestSendDeps = {
    ...deps.testMessages,
    preview: (asked) => deps.pageReads.preview(asked),
    settings: async () => (await deps.catalog()).settings,
    now: () => deps.clock.now(),
    newId: deps.newId,
  };
  const config = {
    needs: 'send_tests',
    summary: "A message filled with a customer's data, by mail to an address given here; nobody's delivery",
  } as const;
  app.post<{ Params: { name: string } }>('/journeys/:name/test-sends', { config, bodyLimit: 4096 }, async (request) => {
    const { to, locale, customer, ...asked } = shaped(testSendShape, request.body);
    const journey = request.params.name;
    if (!isPlainText(journey + customer)) throw notFound.no_journey();
    if (asked.channel !== 'email')
      throw new CallerError(
        'conflict',
        'only mail can be sent to an address: the other channels reach a device that the customer has connected; look at the preview',
      );
    if (!deps.testMail)
      throw new CallerError('conflict', 'this server sends no mail: set SMTP_URL for it, as for the worker');
    await take(request.principal ?? '');
    const preview = { ...asked, journey, customer: customer.trim(), locale: locale ?? null };
    return { status: await sendTest(sending, deps.testMail, preview, to, request.actor) };
  });
}
