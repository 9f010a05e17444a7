// Each platform's calls against a receiver that checks what the real one checks, and what each refusal means.
import { afterEach, describe, expect, it } from 'vitest';
import { googleAudiences } from '../../activities/audiences/google.ts';
import { metaAudiences } from '../../activities/audiences/meta.ts';
import { tiktokAudiences } from '../../activities/audiences/tiktok.ts';
import type { AudienceCheck, AudienceOutcome, AudiencePlatform, Identifiers } from '../../engine/audience-platform.ts';
import {
  type Answer,
  googleError,
  googleReceiver,
  googleStatus,
  graphError,
  metaReceiver,
  type Receiver,
  secret,
  tiktokError,
  tiktokReceiver,
  token,
} from './receivers.ts';

interface Made {
  platform: AudiencePlatform;
  receiver: Receiver;
  list: { list: string; account?: string };
}
const open: Receiver[] = [];
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close();
});

/** Long enough for the slowest machine; what has to run out gets `hastyMs`. */
const patientMs = 60_000;
const hastyMs = 400;
const makers: { [name: string]: (longestCallMs: number) => Promise<Made> } = {
  async meta(longestCallMs) {
    const receiver = await metaReceiver();
    const platform = metaAudiences({ accessToken: token, appSecret: secret, baseUrl: receiver.url, longestCallMs });
    return { receiver, platform, list: { list: '23840000000000001' } };
  },
  async google(longestCallMs) {
    const receiver = await googleReceiver();
    const { account, url: baseUrl } = receiver;
    return {
      receiver,
      platform: googleAudiences({ account, baseUrl, longestCallMs }),
      list: { list: '99', account: '9876543210' },
    };
  },
  async tiktok(longestCallMs) {
    const receiver = await tiktokReceiver();
    const platform = tiktokAudiences({ accessToken: token, baseUrl: receiver.url, longestCallMs });
    return { receiver, platform, list: { list: '55', account: '6900000000000000001' } };
  },
};

async function make(name: string, longestCallMs = patientMs): Promise<Made> {
  const made = await makers[name]!(longestCallMs);
  open.push(made.receiver);
  return made;
}

const people = (platform: AudiencePlatform, count: number, from = 0): Identifiers[] =>
  Array.from({ length: count }, (_, index) => {
    const traits = {
      email: `p${from + index}@shop.example`,
      phone: '090-1234-5678',
      first_name: '花子',
      last_name: 'Yamada',
    };
    return platform.identify({ ...traits, country: 'JP', postal_code: '100-0001' }, 'JP')!;
  });

describe.each(Object.keys(makers))('%s', (name) => {
  it('is told whom to add and whom to remove, in a form that it takes', async () => {
    const { platform, receiver, list } = await make(name);
    const members = people(platform, 3);
    expect(await platform.tell({ ...list, change: 'add', members })).toMatchObject({ kind: 'accepted', invalid: 0 });
    expect(receiver.members(list.list)).toHaveLength(3);
    expect(await platform.tell({ ...list, change: 'remove', members: members.slice(1) })).toMatchObject({
      kind: 'accepted',
    });
    expect(receiver.members(list.list)).toHaveLength(1);
    expect(receiver.faults).toEqual([]);
  });

  it('takes as many at once as is said of it', async () => {
    const { platform, receiver, list } = await make(name);
    const outcome = await platform.tell({ ...list, change: 'add', members: people(platform, platform.most) });
    expect(outcome).toMatchObject({ kind: 'accepted', invalid: 0 });
    expect(receiver.members(list.list)).toHaveLength(platform.most);
  });

  it('answers with an id under which it can be asked about', async () => {
    const { platform, list } = await make(name);
    const outcome = await platform.tell({ ...list, change: 'add', members: people(platform, 1) });
    expect((outcome as { requestId?: string }).requestId).toMatch(/\w+/);
  });

  it('is told by hashes alone, and never of an address', async () => {
    const { platform, receiver, list } = await make(name);
    await platform.tell({ ...list, change: 'add', members: people(platform, 1) });
    expect(receiver.requests.map(({ body }) => body).join()).not.toMatch(/shop\.example|5678|花子|yamada/i);
  });

  it('that does not answer is left, to be told again', async () => {
    const { platform, receiver, list } = await make(name, hastyMs);
    receiver.script = ['stall'];
    // Google's token has as long again.
    const outcome = await platform.tell({ ...list, change: 'add', members: people(platform, 1) });
    expect(outcome).toMatchObject({ kind: 'retry', code: expect.stringMatching(/^(ETIMEDOUT|no_access_token)$/) });
  });

  it.each(['cut', 'cut after taking'] as const)('that breaks off (%s) is told again', async (how) => {
    const { platform, receiver, list } = await make(name);
    const members = people(platform, 2);
    receiver.script = [how];
    expect(await platform.tell({ ...list, change: 'add', members })).toMatchObject({ kind: 'retry' });
    expect(await platform.tell({ ...list, change: 'add', members })).toMatchObject({ kind: 'accepted' });
    expect(receiver.members(list.list)).toHaveLength(2);
  });

  it.each<[Answer, object]>([
    [
      { status: 503, headers: { 'retry-after': '120' } },
      { kind: 'retry', code: '503', afterMs: 120_000 },
    ],
    [
      { status: 500, body: '<html>' },
      { kind: 'retry', code: '500' },
    ],
    [
      { status: 429, body: 'slow' },
      { kind: 'retry', code: '429' },
    ],
    [
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { kind: 'config_error', code: '302' },
    ],
    [
      { status: 403, body: 'no' },
      { kind: 'config_error', code: '403' },
    ],
  ])('that answers %j says %j', async (answer, outcome) => {
    const { platform, receiver, list } = await make(name);
    receiver.script = [answer];
    expect(await platform.tell({ ...list, change: 'add', members: people(platform, 1) })).toMatchObject(outcome);
  });

  it('that is not there is told again', async () => {
    const { platform, receiver, list } = await make(name);
    const members = people(platform, 1);
    await platform.tell({ ...list, change: 'add', members });
    await receiver.close();
    expect(await platform.tell({ ...list, change: 'add', members })).toMatchObject({ kind: 'retry', code: /^E/ });
    open.splice(0);
  });
});

const minute = 60_000;
const usage = {
  'x-business-use-case-usage': JSON.stringify({ 1: [{ type: 'x', estimated_time_to_regain_access: 7 }] }),
};

describe('what meta means by', () => {
  it.each<[string, Answer, AudienceOutcome]>([
    ['an unknown error', graphError(500, 1), { kind: 'retry', code: '1' }],
    ['an outage', graphError(503, 2), { kind: 'retry', code: '2' }],
    ['a transient one', graphError(400, 100, { is_transient: true }), { kind: 'retry', code: '100' }],
    [
      'too many calls',
      graphError(400, 17, { error_subcode: 2446079 }),
      { kind: 'retry', code: '17/2446079', afterMs: undefined },
    ],
    [
      'too many on an audience',
      graphError(400, 80003, {}, usage),
      { kind: 'retry', code: '80003', afterMs: 7 * minute },
    ],
    [
      'a bad usage header',
      graphError(400, 613, {}, { 'x-business-use-case-usage': '{' }),
      { kind: 'retry', code: '613', afterMs: undefined },
    ],
    ['a token that is over', graphError(401, 190, { error_subcode: 463 }), { kind: 'config_error', code: '190/463' }],
    ['a missing permission', graphError(403, 200), { kind: 'config_error', code: '200' }],
    ['terms that nobody accepted', graphError(403, 294), { kind: 'config_error', code: '294' }],
    [
      'a flagged audience',
      graphError(400, 100, { error_subcode: 1713230 }),
      { kind: 'config_error', code: '100/1713230' },
    ],
    ['a list that is not there', graphError(400, 100, { error_subcode: 33 }), { kind: 'config_error', code: '100/33' }],
    ['abuse', graphError(400, 368), { kind: 'config_error', code: '368' }],
    ['a wrong parameter', graphError(400, 100), { kind: 'rejected', code: '100' }],
  ])('%s', async (_what, answer, outcome) => {
    const { platform, receiver, list } = await make('meta');
    receiver.script = [answer];
    expect(await platform.tell({ ...list, change: 'remove', members: people(platform, 1) })).toEqual(outcome);
  });

  it('rows that it could not read', async () => {
    const { platform, list } = await make('meta');
    const members = [...people(platform, 2), { EMAIL: 'not-hashed' }];
    expect(await platform.tell({ ...list, change: 'add', members })).toMatchObject({ kind: 'accepted', invalid: 1 });
  });
  it('a call without the proof of its secret', async () => {
    const { receiver, list } = await make('meta');
    const platform = metaAudiences({ accessToken: token, baseUrl: receiver.url });
    expect(await platform.tell({ ...list, change: 'add', members: people(platform, 1) })).toEqual({
      kind: 'rejected',
      code: '100',
    });
  });
});

describe('what google means by', () => {
  it.each<[string, Answer, AudienceOutcome]>([
    [
      'the minute’s quota',
      googleError(429, 'RESOURCE_EXHAUSTED', 'RequestsPerMinutePerProject'),
      { kind: 'retry', code: 'RESOURCE_EXHAUSTED', afterMs: minute },
    ],
    [
      'the day’s quota',
      googleError(429, 'RESOURCE_EXHAUSTED', 'RequestsPerDayPerProject'),
      { kind: 'retry', code: 'RESOURCE_EXHAUSTED', afterMs: 60 * minute },
    ],
    [
      'a missing permission',
      googleError(403, 'PERMISSION_DENIED'),
      { kind: 'config_error', code: 'PERMISSION_DENIED' },
    ],
    ['a list that is not there', googleError(404, 'NOT_FOUND'), { kind: 'config_error', code: 'NOT_FOUND' }],
    ['a wrong argument', googleError(400, 'INVALID_ARGUMENT'), { kind: 'rejected', code: 'INVALID_ARGUMENT' }],
    ['an outage', googleError(503, 'UNAVAILABLE'), { kind: 'retry', code: 'UNAVAILABLE', afterMs: undefined }],
    [
      'a text where a code should be',
      googleError(400, 'about hanako@customer.example'),
      { kind: 'rejected', code: '400' },
    ],
  ])('%s', async (_what, answer, outcome) => {
    const { platform, receiver, list } = await make('google');
    receiver.script = [answer];
    expect(await platform.tell({ ...list, change: 'add', members: people(platform, 1) })).toEqual(outcome);
  });

  it('a token that was revoked before its time: another is asked for, once', async () => {
    const { platform, receiver, list } = await make('google');
    const members = people(platform, 1);
    await platform.tell({ ...list, change: 'add', members });
    (receiver as Receiver & { revoke(): void }).revoke();
    expect(await platform.tell({ ...list, change: 'add', members })).toMatchObject({ kind: 'accepted' });
    receiver.script = [googleError(401, 'UNAUTHENTICATED'), googleError(401, 'UNAUTHENTICATED')];
    expect(await platform.tell({ ...list, change: 'add', members })).toEqual({
      kind: 'config_error',
      code: 'UNAUTHENTICATED',
    });
    // One token serves many calls.
    expect(receiver.requests.filter(({ path }) => path === '/token')).toHaveLength(3);
  });

  it('a key that cannot be read', async () => {
    const { receiver, list } = await make('google');
    const account = { client_email: 'a', private_key: 'no key', token_uri: `${receiver.url}/token` };
    const platform = googleAudiences({ account, baseUrl: receiver.url });
    expect(await platform.tell({ ...list, change: 'add', members: people(platform, 1) })).toEqual({
      kind: 'config_error',
      code: 'bad_private_key',
    });
  });

  it.each<[string, Answer, AudienceCheck]>([
    ['is still being worked on', googleStatus('PROCESSING'), { kind: 'working' }],
    ['is in a state unknown here', googleStatus('REQUEST_STATUS_UNKNOWN'), { kind: 'working' }],
    ['is not known yet', googleError(404, 'NOT_FOUND'), { kind: 'working' }],
    ['was carried out', googleStatus('SUCCESS'), { kind: 'done', refused: 0, code: null }],
    [
      'was carried out in part',
      googleStatus('PARTIAL_SUCCESS', {
        PROCESSING_ERROR_REASON_INVALID_FORMAT: 2,
        PROCESSING_ERROR_REASON_USER_IDENTIFIER_DECRYPTION_ERROR: 40,
      }),
      { kind: 'done', refused: 42, code: 'USER_IDENTIFIER_DECRYPTION_ERROR' },
    ],
    [
      'was not carried out',
      googleStatus('FAILED', { PROCESSING_ERROR_REASON_INTERNAL_ERROR: 3 }),
      { kind: 'failed', code: 'INTERNAL_ERROR' },
    ],
    [
      'failed with a text where a code should be',
      googleStatus('FAILED', { 'about hanako@customer.example': 3 }),
      { kind: 'failed', code: 'UNSPECIFIED' },
    ],
    ['cannot be asked about', googleError(503, 'UNAVAILABLE'), { kind: 'retry', code: 'UNAVAILABLE' }],
    ['answers nonsense', { body: { requestStatusPerDestination: ['x'] } }, { kind: 'working' }],
  ])('a request that %s', async (_what, answer, found) => {
    const { platform, receiver, list } = await make('google');
    const told = await platform.tell({ ...list, change: 'add', members: people(platform, 1) });
    if (told.kind !== 'accepted') throw new Error(told.code);
    receiver.script = [answer];
    expect(await platform.check!(told.requestId!)).toEqual(found);
    const asked = receiver.requests.at(-1)!;
    expect([asked.method, asked.path]).toEqual(['GET', `/v1/requestStatus:retrieve?requestId=${told.requestId}`]);
    expect(await platform.check!(told.requestId!)).toEqual({ kind: 'working' });
  });

  it('a manager account is named where there is one', async () => {
    const receiver = await googleReceiver();
    open.push(receiver);
    const platform = googleAudiences({ account: receiver.account, loginAccount: '777', baseUrl: receiver.url });
    await platform.tell({ list: '99', account: '9876543210', change: 'add', members: people(platform, 1) });
    expect(JSON.parse(receiver.requests.at(-1)!.body).destinations[0].loginAccount.accountId).toBe('777');
  });
});

describe('what tiktok means by', () => {
  it.each<[string, Answer, AudienceOutcome]>([
    ['too many calls', tiktokError(40100), { kind: 'retry', code: '40100' }],
    ['a token that is over', tiktokError(40105), { kind: 'config_error', code: '40105' }],
    ['a missing permission', tiktokError(40001), { kind: 'config_error', code: '40001' }],
    ['its own trouble', tiktokError(50000), { kind: 'retry', code: '50000' }],
    ['its own trouble, in detail', tiktokError(51010), { kind: 'retry', code: '51010' }],
    ['a wrong parameter', tiktokError(40002), { kind: 'rejected', code: '40002' }],
    ['200 and nothing said', { body: 'hello' }, { kind: 'retry', code: 'no_answer' }],
  ])('%s', async (_what, answer, outcome) => {
    const { platform, receiver, list } = await make('tiktok');
    receiver.script = [answer];
    expect(await platform.tell({ ...list, change: 'add', members: people(platform, 1) })).toEqual(outcome);
  });
});
