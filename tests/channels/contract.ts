// What every channel owes the engine (engine/channel.ts), as tests that any channel can be put through.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Outbound, Outcome } from '../../engine/channel.ts';
import type { Rendered } from '../../engine/core/content.ts';

/** How the channel's provider behaves from now on. */
export type Behaviour =
  | 'accepts'
  | 'accepts after 100 ms'
  | 'cannot be reached'
  | 'refuses for now'
  | 'says the recipient is gone'
  | 'rejects our credentials'
  | 'takes the message and hangs up'
  | 'hangs up without taking the message'
  | 'takes the message and never answers';

export interface Rig {
  channel: Channel;
  /** Makes the provider behave so. */
  provider(behaviour: Behaviour): void;
  /** Messages the provider took, as it got them. */
  taken(): string[];
  /** Whether any part of any message reached the provider. */
  gotAnything(): boolean;
  stop(): Promise<void>;
}

export interface RigOptions {
  /** Makes every claim look as if it had been answered after its lease. */
  claimTooLate?: boolean;
}

export const message: Outbound & { rendered: Rendered } = {
  key: 'e1/1',
  to: 'hanako@customer.example',
  rendered: {
    subject: 'カートに商品が残っています',
    html: '<p>旅の支度、<b>お忘れ</b>ではありませんか。</p>',
    text: '旅の支度、お忘れではありませんか。',
    from: null,
    locale: 'ja',
  },
  unsubscribeUrl: 'https://shop.example/u/token',
  date: Date.UTC(2026, 10, 21, 9, 30),
};

/** A claim that counts how often it is asked for. */
export function claimOf(answer: () => boolean | Promise<boolean>): (() => Promise<boolean>) & { asked: number } {
  const claim = Object.assign(
    async () => {
      claim.asked++;
      return answer();
    },
    { asked: 0 },
  );
  return claim;
}

export const never = new AbortController().signal;

/** Time-outs of the channel under test must be short (`longestCallMs` at most 300): these are real timers. */
export function channelContract(name: string, start: (options?: RigOptions) => Promise<Rig>): void {
  describe(`${name} keeps the channel contract`, () => {
    let rig: Rig;
    beforeEach(async () => {
      rig = await start();
    });
    afterEach(() => rig.stop());

    const attempt = (claim = claimOf(() => true), signal = never): Promise<Outcome> =>
      rig.channel.attempt(message, claim, signal);

    it('delivers once and asks for the claim once', async () => {
      rig.provider('accepts');
      const claim = claimOf(() => true);
      expect((await attempt(claim)).kind).toBe('accepted');
      expect(claim.asked).toBe(1);
      expect(rig.taken()).toHaveLength(1);
    });

    it('sends the same bytes for the same key', async () => {
      rig.provider('accepts');
      await attempt();
      await attempt();
      expect(rig.taken()).toHaveLength(2);
      expect(rig.taken()[1]).toBe(rig.taken()[0]);
    });

    it('sends nothing when the claim is refused', async () => {
      rig.provider('accepts');
      expect(await attempt(claimOf(() => false))).toEqual({ kind: 'not_claimed' });
      expect(rig.gotAnything()).toBe(false);
    });

    it('sends nothing when the claim fails, and may be tried again', async () => {
      rig.provider('accepts');
      const claim = claimOf(() => Promise.reject(new Error('database away')));
      expect((await attempt(claim)).kind).toBe('retry');
      expect(rig.gotAnything()).toBe(false);
    });

    it('sends nothing when the claim was answered too late for its lease', async () => {
      await rig.stop();
      rig = await start({ claimTooLate: true });
      rig.provider('accepts');
      expect(await attempt()).toEqual({ kind: 'retry', code: 'lease_over' });
      expect(rig.gotAnything()).toBe(false);
    });

    it.each<[Behaviour, Outcome['kind']]>([
      ['cannot be reached', 'retry'],
      ['refuses for now', 'retry'],
      ['says the recipient is gone', 'recipient_gone'],
      ['rejects our credentials', 'config_error'],
      ['takes the message and hangs up', 'unknown'],
      ['hangs up without taking the message', 'unknown'],
      ['takes the message and never answers', 'unknown'],
    ])('when the provider %s, it is %s', async (behaviour, kind) => {
      rig.provider(behaviour);
      const outcome = await attempt();
      expect(outcome.kind).toBe(kind);
      expect(outcome).toHaveProperty('code', expect.stringMatching(/^[\w.]{1,60}$/));
    });

    it('stops before the claim when aborted', async () => {
      rig.provider('accepts');
      const claim = claimOf(() => true);
      expect((await attempt(claim, AbortSignal.abort())).kind).toBe('retry');
      expect(claim.asked).toBe(0);
      expect(rig.gotAnything()).toBe(false);
    });

    it('finishes the call when aborted after the claim', async () => {
      rig.provider('accepts');
      const stop = new AbortController();
      const claim = claimOf(() => {
        stop.abort();
        return true;
      });
      expect((await attempt(claim, stop.signal)).kind).toBe('accepted');
    });

    it('waits, on closing, for the call that is past its claim, and takes no other', async () => {
      rig.provider('accepts after 100 ms');
      let closed = Promise.resolve();
      const claim = claimOf(() => {
        closed = rig.channel.close();
        return true;
      });
      const first = attempt(claim);
      const ended: string[] = [];
      await Promise.all([
        first.then(() => ended.push('call')),
        first.then(() => closed).then(() => ended.push('close')),
      ]);
      expect((await first).kind).toBe('accepted');
      expect(ended).toEqual(['call', 'close']);
      expect((await attempt()).kind).toBe('retry');
      expect(rig.taken()).toHaveLength(1);
    });
  });
}
