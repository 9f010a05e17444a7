// What every channel owes the engine (engine/channel.ts), as tests that any channel can be put through.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Outbound, Outcome } from '../../engine/channel.ts';
import { isShort, type Rendered, type ShortMessage } from '../../engine/core/content.ts';

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
  | 'takes the message and never answers'
  | 'answers after everybody has gone';

export interface Rig {
  channel: Channel;
  /** What is sent; a mail, if nothing else is said. */
  message?: Outbound;
  /** What cannot be sent; a mail where `message` is short and the other way round, if nothing else is said. */
  unsendable?: Outbound;
  /** The provider knows a repeat by its key. */
  knowsRepeats?: true;
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
  /** Gives a call up after `hastyMs`, for providers that do not answer in time; otherwise no machine is too slow. */
  isHasty?: boolean;
}

/** These are real timers. Short for the tests' sake, and long enough for a busy machine to hand a message over. */
export const hastyMs = 500;
/** When the late answer of "answers after everybody has gone" comes. */
export const lateMs = 1_500;
export const patientMs = 60_000;
const isSilent = (behaviour: Behaviour) => /never answers|after everybody has gone/.test(behaviour);

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

export const short: ShortMessage = {
  title: 'お忘れものはありませんか',
  body: 'カートに「旅の鞄」が残っています。',
  url: 'https://shop.example/cart?c=1',
  image: null,
  locale: 'ja',
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

export function channelContract(name: string, start: (options?: RigOptions) => Promise<Rig>): void {
  describe(`${name} keeps the channel contract`, () => {
    let rig: Rig;
    beforeEach(async () => {
      rig = await start();
    });
    afterEach(() => rig.stop());

    const behaves = async (behaviour: Behaviour) => {
      if (isSilent(behaviour)) {
        await rig.stop();
        rig = await start({ isHasty: true });
      }
      rig.provider(behaviour);
    };
    const attempt = (claim = claimOf(() => true), signal = never): Promise<Outcome> =>
      rig.channel.attempt(rig.message ?? message, claim, signal);

    it('delivers once and asks for the claim once', async () => {
      rig.provider('accepts');
      const claim = claimOf(() => true);
      expect((await attempt(claim)).kind).toBe('accepted');
      expect(claim.asked).toBe(1);
      expect(rig.taken()).toHaveLength(1);
    });

    it('says the same for the same key', async () => {
      rig.provider('accepts');
      await attempt();
      const again = await attempt();
      expect(again.kind).toBe(rig.knowsRepeats ? 'duplicate' : 'accepted');
      expect(new Set(rig.taken()).size).toBe(1);
      expect(rig.taken()).toHaveLength(rig.knowsRepeats ? 1 : 2);
    });

    it.each<Behaviour>(['takes the message and hangs up', 'takes the message and never answers'])(
      'when the provider %s, only its key may have it asked again',
      async (behaviour) => {
        await behaves(behaviour);
        const outcome = await attempt();
        expect(rig.taken()).toHaveLength(1);
        expect('repeatableUntil' in outcome).toBe(rig.knowsRepeats === true);
        if (!rig.knowsRepeats) return;
        rig.provider('accepts');
        const again = { ...(rig.message ?? message), mayHaveLeft: true };
        expect(
          (
            await rig.channel.attempt(
              again,
              claimOf(() => true),
              never,
            )
          ).kind,
        ).toBe('duplicate');
        expect(rig.taken()).toHaveLength(1);
      },
    );

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
      ['answers after everybody has gone', 'unknown'],
    ])('when the provider %s, it is %s', async (behaviour, kind) => {
      await behaves(behaviour);
      const claim = claimOf(() => true);
      const outcome = await attempt(claim);
      expect(outcome.kind).toBe(kind);
      expect(claim.asked).toBeLessThanOrEqual(1);
      if (kind === 'unknown') expect(claim.asked).toBe(1);
      expect(outcome).toHaveProperty('code', expect.stringMatching(/^[\w.]{1,60}$/));
    });

    it('sends nothing that it cannot send, and asks for no claim', async () => {
      rig.provider('accepts');
      const sent = rig.message ?? message;
      const other = { ...sent, rendered: isShort(sent.rendered) ? message.rendered : short };
      const claim = claimOf(() => true);
      const outcome = await rig.channel.attempt(rig.unsendable ?? other, claim, never);
      expect(outcome.kind).toBe('message_rejected');
      expect(claim.asked).toBe(0);
      expect(rig.gotAnything()).toBe(false);
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
      let closedAfterMs = Promise.resolve(0);
      const claim = claimOf(() => {
        const closingAt = performance.now();
        closedAfterMs = rig.channel.close().then(() => performance.now() - closingAt);
        return true;
      });
      expect((await attempt(claim)).kind).toBe('accepted');
      expect(await closedAfterMs).toBeGreaterThanOrEqual(99);
      expect((await attempt()).kind).toBe('retry');
      expect(rig.taken()).toHaveLength(1);
    });
  });
}
