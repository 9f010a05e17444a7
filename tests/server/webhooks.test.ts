// The webhooks' secrets: for the administrator alone, and such that a receiver can check our calls by them.
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { webhookHeaders } from '../../activities/channels/webhook.ts';
import { webhookSecret } from '../../server/webhook-secret.ts';
import { keys, secret, serverUnderTest } from './server-under-test.ts';

test('are shown to the administrator, and to nobody else', async () => {
  const { deps } = serverUnderTest();
  const { settings } = await deps.catalog();
  const webhooks = { crm: { url: 'https://crm.example/hook', returns: {} } };
  const { get } = serverUnderTest({ catalog: async () => ({ settings: { ...settings, webhooks }, journeys: [] }) });
  for (const key of [null, keys.browser, keys.server, keys.support, keys.marketer])
    expect((await get('/webhooks', key)).status).toBeGreaterThanOrEqual(401);
  const { json } = await get('/webhooks', keys.admin);
  expect(json).toEqual({
    webhooks: [{ name: 'crm', url: 'https://crm.example/hook', secret: webhookSecret(secret, 'crm') }],
  });
});

test('verify what is signed with them, each webhook by its own', () => {
  const body = '{"type":"crm"}';
  const headers = webhookHeaders([webhookSecret(secret, 'crm')], 'msg_1', Date.now(), body)!;
  expect(new Webhook(webhookSecret(secret, 'crm')).verify(body, headers)).toEqual({ type: 'crm' });
  expect(() => new Webhook(webhookSecret(secret, 'alert')).verify(body, headers)).toThrow();
  expect(() => new Webhook(webhookSecret('another', 'crm')).verify(body, headers)).toThrow();
});
