// Where in the SMTP conversation it breaks decides between `retry` (nothing left) and `unknown` (it may have arrived).
import { afterEach, describe, expect, it } from 'vitest';
import { claimOf, lateMs, message, never, patientMs } from './contract.ts';
import { type EmailRig, emailRig } from './email-rig.ts';
import type { Act, Point } from './smtp-receiver.ts';

let rig: EmailRig;
afterEach(() => rig.stop());

const long = { ...message, rendered: { ...message.rendered, html: `<p>${'長い手紙。'.repeat(60_000)}</p>` } };

describe.each([[[]], [['PIPELINING']]])('with extensions %j', (extensions) => {
  const before: Point[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data'];
  const breaks: Act[] = [
    'drop',
    'stall',
    { reply: '421 4.3.2 Shutting down', thenDrop: true },
    { reply: '451 4.3.0 Later' },
  ];

  it.each(before.flatMap((point) => breaks.map((act) => [point, act] as const)))(
    'before hand-over (%s: %j) it is retried and the claim is never asked for',
    async (point, act) => {
      const hasty = { limits: { connectMs: 100, commandsMs: 100, leaseSlackMs: 100 }, longestCallMs: 100 };
      rig = await emailRig({ extensions }, act === 'stall' ? hasty : {});
      rig.receiver.script({ [point]: act });
      const claim = claimOf(() => true);
      const outcome = await rig.channel.attempt(message, claim, never);
      expect(outcome.kind).toBe('retry');
      expect(claim.asked).toBe(0);
      expect(rig.receiver.bodyBytes()).toBe(0);
    },
  );

  it.each<[Point, Act, number]>([
    ['body', 'drop', 0],
    ['body', 'stall', 0],
    ['dot', 'drop', 0],
    ['dot', 'stall', 0],
    ['dot', 'store and drop', 1],
    ['dot', { reply: '250 2.0.0 Ok', afterMs: lateMs }, 1],
    ['dot', { reply: 'what?' }, 0],
  ])('after hand-over without an answer (%s: %j) it is unknown', async (point, act, stored) => {
    const isHasty = act === 'stall' || (typeof act === 'object' && act.afterMs === lateMs);
    rig = await emailRig({ extensions, isHasty });
    rig.receiver.script({ [point]: act });
    const claim = claimOf(() => true);
    const outcome = await rig.channel.attempt(long, claim, never);
    expect(outcome.kind).toBe('unknown');
    expect(claim.asked).toBe(1);
    expect(rig.receiver.bodyBytes()).toBeGreaterThan(0);
    expect(rig.receiver.messages).toHaveLength(stored);
  });

  it('asks for the claim only after the server has said 354', async () => {
    rig = await emailRig({ extensions });
    let commandsAtClaim: string[] = [];
    rig.receiver.script({ data: { reply: '354 Go on', afterMs: 60 } });
    const startedAt = performance.now();
    let claimedAfterMs = 0;
    const claim = claimOf(() => {
      claimedAfterMs = performance.now() - startedAt;
      commandsAtClaim = [...rig.receiver.commands];
      return true;
    });
    expect((await rig.channel.attempt(message, claim, never)).kind).toBe('accepted');
    expect(commandsAtClaim.at(-1)).toBe('DATA');
    expect(claimedAfterMs).toBeGreaterThanOrEqual(59);
  });

  it('an answer that is late, but in time, is the answer', async () => {
    rig = await emailRig({ extensions });
    rig.receiver.script({ dot: { reply: '250 2.0.0 Ok', afterMs: 100 } });
    expect(
      (
        await rig.channel.attempt(
          message,
          claimOf(() => true),
          never,
        )
      ).kind,
    ).toBe('accepted');
  });

  it.each<[string, string]>([
    ['451 4.3.0 Later', 'retry'],
    ['554 5.6.0 Not this', 'message_rejected'],
  ])('a refusal in mid-message (%s) is an answer: %s', async (reply, kind) => {
    rig = await emailRig({ extensions });
    rig.receiver.script({ body: { reply, thenDrop: true } });
    expect(
      (
        await rig.channel.attempt(
          long,
          claimOf(() => true),
          never,
        )
      ).kind,
    ).toBe(kind);
    expect(rig.receiver.messages).toHaveLength(0);
  });

  it('a success said before the message was through is no success', async () => {
    rig = await emailRig({ extensions });
    rig.receiver.script({ data: { reply: '354 Go on\r\n250 2.0.0 Ok' } });
    const claim = claimOf(() => new Promise((resolve) => setTimeout(resolve, 30, true)));
    expect(await rig.channel.attempt(message, claim, never)).toMatchObject({ kind: 'retry' });
    expect(rig.receiver.bodyBytes()).toBe(0);
  });

  it('a refusal while the claim is being asked for leaves nothing, and the claim is waited for', async () => {
    rig = await emailRig({ extensions });
    rig.receiver.script({ data: { reply: '354 Go on\r\n451 4.3.0 Changed my mind' } });
    let answered = false;
    const claim = claimOf(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      answered = true;
      return true;
    });
    expect((await rig.channel.attempt(message, claim, never)).kind).toBe('retry');
    expect(answered).toBe(true);
    expect(rig.receiver.bodyBytes()).toBe(0);
    expect(rig.receiver.commands.at(-1)).toBe('DATA');
  });

  it('a connection lost while the claim is being asked for leaves nothing', async () => {
    rig = await emailRig({ extensions });
    rig.receiver.script({ data: { reply: '354 Go on', thenDrop: true } });
    const claim = claimOf(() => new Promise((resolve) => setTimeout(resolve, 50, true)));
    expect((await rig.channel.attempt(message, claim, never)).kind).toBe('retry');
    expect(rig.receiver.bodyBytes()).toBe(0);
  });
});

describe('a claim and its lease', () => {
  it('a process stopped in mid-message does not finish it after its lease', async () => {
    let looks = 0;
    rig = await emailRig({}, { stopwatch: () => () => (++looks > 3 ? 10 * patientMs : 0) });
    const claim = claimOf(() => true);
    expect((await rig.channel.attempt(long, claim, never)).kind).toBe('unknown');
    expect(rig.receiver.messages).toHaveLength(0);
  });
});

describe('room and stopping', () => {
  it('has only so many connections open at once, and the others wait', async () => {
    rig = await emailRig({}, { connections: 2 });
    rig.receiver.script({ dot: { reply: '250 2.0.0 Ok', afterMs: 20 } });
    let most = 0;
    const claim = claimOf(() => {
      most = Math.max(most, rig.receiver.open());
      return true;
    });
    const keys = Array.from({ length: 9 }, (_, n) => `e1/${n}`);
    const outcomes = await Promise.all(keys.map((key) => rig.channel.attempt({ ...message, key }, claim, never)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(keys.map(() => 'accepted'));
    expect(most).toBe(2);
  });

  it('who waits for room can give up', async () => {
    rig = await emailRig({}, { connections: 1 });
    rig.receiver.script({ dot: { reply: '250 2.0.0 Ok', afterMs: 100 } });
    const first = rig.channel.attempt(
      message,
      claimOf(() => true),
      never,
    );
    const claim = claimOf(() => true);
    const second = await rig.channel.attempt({ ...message, key: 'e1/2' }, claim, AbortSignal.timeout(20));
    expect(second).toEqual({ kind: 'retry', code: 'aborted' });
    expect(claim.asked).toBe(0);
    expect((await first).kind).toBe('accepted');
  });

  it('aborted before the claim, it hangs up', async () => {
    rig = await emailRig();
    rig.receiver.script({ rcpt: 'stall' });
    const outcome = await rig.channel.attempt(
      message,
      claimOf(() => true),
      AbortSignal.timeout(30),
    );
    expect(outcome).toEqual({ kind: 'retry', code: 'aborted' });
    await expect.poll(() => rig.receiver.open()).toBe(0);
  });

  it('holds no room for a server that hangs up after its answer', async () => {
    rig = await emailRig({}, { connections: 1 });
    rig.receiver.script({ dot: { reply: '250 2.0.0 Ok', thenDrop: true } });
    for (const key of ['e1/1', 'e1/2', 'e1/3']) {
      expect(
        (
          await rig.channel.attempt(
            { ...message, key },
            claimOf(() => true),
            never,
          )
        ).kind,
      ).toBe('accepted');
    }
  });
});

describe('a kept connection', () => {
  const send = (key: string, claim = claimOf(() => true)) => rig.channel.attempt({ ...message, key }, claim, never);

  it('carries the next mail', async () => {
    rig = await emailRig();
    await send('e1/1');
    await send('e1/2');
    expect(rig.receiver.messages).toHaveLength(2);
    expect(rig.receiver.commands.filter((command) => command.startsWith('EHLO'))).toHaveLength(1);
  });

  it.each<Act>(['drop', { reply: '421 4.4.2 Idle too long', thenDrop: true }])(
    'that has died (%j) is replaced, and the claim is asked for once',
    async (act) => {
      rig = await emailRig();
      await send('e1/1');
      rig.receiver.script({ mail: act }, 1);
      const claim = claimOf(() => true);
      expect((await send('e1/2', claim)).kind).toBe('accepted');
      expect(claim.asked).toBe(1);
      expect(rig.receiver.messages).toHaveLength(2);
    },
  );

  it('that breaks after hand-over is not replaced', async () => {
    rig = await emailRig();
    await send('e1/1');
    rig.receiver.script({ dot: 'store and drop' });
    const claim = claimOf(() => true);
    expect((await send('e1/2', claim)).kind).toBe('unknown');
    expect(claim.asked).toBe(1);
    expect(rig.receiver.messages).toHaveLength(2);
  });

  it('is not kept after a refusal, so no mail begins in the middle of another', async () => {
    rig = await emailRig();
    rig.receiver.script({ rcpt: { reply: '550 5.1.1 Unknown' } });
    await send('e1/1');
    rig.receiver.script({});
    expect((await send('e1/2')).kind).toBe('accepted');
    expect(rig.receiver.commands.filter((command) => command.startsWith('EHLO'))).toHaveLength(2);
  });

  it('is closed with a QUIT when nothing is left to send', async () => {
    rig = await emailRig({}, { idleMs: 20 });
    await send('e1/1');
    await expect.poll(() => rig.receiver.commands.at(-1)).toBe('QUIT');
    await expect.poll(() => rig.receiver.open()).toBe(0);
  });
});
