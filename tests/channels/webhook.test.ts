// Webhooks of journeys: the contract, Standard Webhooks' signature and its vector, what answers mean, where calls may go.
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type WebhookCall,
  type WebhookOptions,
  webhookCalls,
  webhookHeaders,
} from '../../activities/channels/webhook.ts';
import type { Channel, Outbound } from '../../engine/channel.ts';
import { channelContract, claimOf, never, type Rig, type RigOptions } from './contract.ts';
import { httpReceiver, type Received } from './http-receiver.ts';
import { limitsOf, pushed } from './push-rig.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const at = pushed.date!;
const call: WebhookCall = {
  ...{ url: '', secrets: [secret], key: 'e1/1', at, type: 'crm-churn-alert', data: { customer: 'c1', score: 3 } },
};

/** A receiver that verifies as Standard Webhooks' own library does, and knows a repeat by `webhook-id`. */
async function webhookRig(options: RigOptions = {}, settings: WebhookOptions = {}) {
  const taken = new Map<string, string>();
  const repeats: string[] = [];
  const receiver = await httpReceiver({
    take({ headers, body }: Received) {
      new Webhook(secret).verify(body, headers as Record<string, string>);
      const id = String(headers['webhook-id']);
      if (taken.has(id)) repeats.push(id);
      else taken.set(id, body.toString());
      return { status: 200, body: { score: 0.7 } };
    },
    refusals: {
      'refuses for now': { status: 503, headers: { 'retry-after': '10' } },
      'says the recipient is gone': { status: 410 },
      'rejects our credentials': { status: 401 },
    },
  });
  const calls = webhookCalls({ reach: 'public or loopback', ...limitsOf(options), ...settings });
  return { receiver, calls, taken, repeats, url: `${receiver.url}/hook` };
}

// A webhook's receiver answers a repeat like the first call; what tells it from a second one is that it is taken once.
channelContract('webhook', async (options): Promise<Rig> => {
  const { receiver, calls, taken, repeats, url } = await webhookRig(options);
  const channel: Channel = {
    ...calls,
    name: 'webhook',
    async attempt({ key, sender }: Outbound, claim, signal) {
      const data = sender === undefined ? call.data : { much: sender };
      const before = repeats.length;
      const { returned: _, ...outcome } = await calls.attempt({ ...call, url, key, data }, claim, signal);
      return outcome.kind === 'accepted' && repeats.length > before ? { ...outcome, kind: 'duplicate' } : outcome;
    },
  };
  return {
    ...{ channel, message: pushed, unsendable: { ...pushed, sender: 'x'.repeat(20_000) }, knowsRepeats: true },
    provider: (behaviour) => receiver.provider(behaviour),
    taken: () => [...taken.values()],
    gotAnything: receiver.gotAnything,
    stop: async () => {
      await receiver.close();
      await calls.close();
    },
  };
});

describe('a webhook', () => {
  let rig: Awaited<ReturnType<typeof webhookRig>>;
  beforeEach(async () => {
    rig = await webhookRig();
  });
  afterEach(async () => {
    await rig.receiver.close();
    await rig.calls.close();
  });
  const make = (change: Partial<WebhookCall> = {}) =>
    rig.calls.attempt(
      { ...call, url: rig.url, ...change },
      claimOf(() => true),
      never,
    );

  it('says what happened, when, and with what; its answer comes back', async () => {
    expect(await make()).toEqual({ kind: 'accepted', code: '200', returned: { score: 0.7 } });
    expect(JSON.parse(rig.taken.get('msg_e1-1')!)).toEqual({
      type: 'crm-churn-alert',
      timestamp: '2026-11-21T09:30:00.000Z',
      data: call.data,
    });
  });

  it('is signed with each secret while one replaces the other', async () => {
    const older = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    expect((await make({ secrets: [older, secret] })).kind).toBe('accepted');
    expect(await make({ secrets: [] })).toEqual({ kind: 'config_error', code: 'bad_secret' });
    expect(await make({ secrets: [''] })).toEqual({ kind: 'config_error', code: 'bad_secret' });
  });

  it.each([
    [200, 'accepted'],
    [204, 'accepted'],
    [301, 'config_error'],
    [307, 'config_error'],
    [400, 'message_rejected'],
    [401, 'config_error'],
    [404, 'config_error'],
    [410, 'recipient_gone'],
    [422, 'message_rejected'],
    [429, 'retry'],
    [500, 'retry'],
    [502, 'retry'],
    [504, 'retry'],
  ])('answered %i is %s', async (status, kind) => {
    rig.receiver.provider({ status, headers: { location: `${rig.receiver.url}/elsewhere` } });
    expect(await make()).toMatchObject({ kind, code: String(status) });
    expect(rig.receiver.connections()).toBe(1);
  });

  it.each<[unknown, object]>([
    ['not JSON', {}],
    ['[1]', {}],
    ['null', {}],
    ['{"a":1}', { a: 1 }],
  ])('that answers %j returns %j', async (body, returned) => {
    rig.receiver.provider({ status: 200, body });
    expect(await make()).toEqual({ kind: 'accepted', code: '200', returned });
  });

  it('reads 64 KB of an answer and no more', async () => {
    rig.receiver.provider({ status: 200, body: JSON.stringify({ much: 'x'.repeat(5_000_000) }) });
    expect(await make()).toEqual({ kind: 'accepted', code: '200' });
  });

  it.each([
    ['https://10.1.2.3/hook', 'EPRIVATE'],
    ['https://[fd00::1]/hook', 'EPRIVATE'],
    ['https://localhost/hook', 'EPRIVATE'],
    ['https://169.254.169.254/latest/meta-data/', 'EPRIVATE'],
    ['http://shop.example/hook', 'EINSECURE'],
    ['file:///etc/passwd', 'EINSECURE'],
    ['no address', 'ERR_INVALID_URL'],
  ])('does not go to %s (%s), and asks for no claim', async (url, code) => {
    const claim = claimOf(() => true);
    const outcome = await webhookCalls().attempt({ ...call, url }, claim, never);
    expect(outcome).toEqual({ kind: 'config_error', code });
    expect(claim.asked).toBe(0);
  });
});

// The example of the standard's own repository.
it('a signature is what Standard Webhooks gives as its example', () => {
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const headers = webhookHeaders(
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    id,
    1_614_265_330_000,
    '{"test": 2432232314}',
  );
  expect(headers).toEqual({
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});
