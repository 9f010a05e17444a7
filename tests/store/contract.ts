// What any store must do, whatever it is made of: the promises of engine/ports.ts, told as facts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog, Store, Tx } from '../../engine/ports.ts';
import { audiencesContract } from './contract-audiences.ts';
import { chatContract } from './contract-chat.ts';
import { competitionContract } from './contract-competition.ts';
import { crowdContract } from './contract-crowd.ts';
import { customersContract } from './contract-customers.ts';
import { enrollmentsContract } from './contract-enrollments.ts';
import { eventsContract } from './contract-events.ts';
import { journeysContract } from './contract-journeys.ts';
import { lineContract } from './contract-line.ts';
import { mergeContract } from './contract-merge.ts';
import { pushContract } from './contract-push.ts';
import { turnsContract } from './contract-turns.ts';
import { watchesContract } from './contract-watches.ts';
import { plan, settings, T0 } from './samples.ts';

export interface MadeStore {
  store: Store;
  close(): Promise<void>;
}

export type InTx = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Declares the suite. `makeStore` answers an empty store in which `published` is published. */
export function storeContract(name: string, makeStore: (published: Catalog) => Promise<MadeStore>): void {
  describe(`the store contract, kept by ${name}`, () => {
    let made: MadeStore;
    const inTx: InTx = (work) => made.store.transaction(work);

    beforeEach(async () => {
      made = await makeStore(published);
    });
    afterEach(() => made.close());

    describe('a transaction', () => {
      it('answers what its work answers', async () => {
        expect(await inTx(async () => 42)).toBe(42);
      });

      it('stores nothing when its work throws, and throws the same', async () => {
        const crash = new Error('crash');
        const work = inTx(async (tx) => {
          await tx.lockCustomerOf({ userId: 'u' }, T0);
          await tx.suppress('email', 'a@example.com', 'hard_bounce', T0);
          throw crash;
        });
        await expect(work).rejects.toBe(crash);
        expect(await inTx((tx) => tx.suppression('email', 'a@example.com'))).toBeNull();
      });

      // A shop wrote the address once with capitals; its complaint did not stop the next mail.
      it('suppresses an address however it is written', async () => {
        await inTx((tx) => tx.suppress('email', 'Ann@Example.com', 'complaint', T0));
        for (const address of ['ann@example.com', 'ANN@example.com'])
          expect(await inTx((tx) => tx.suppression('email', address))).toBe('complaint');
      });

      it('sees its own writes', async () => {
        await inTx(async (tx) => {
          const customer = await tx.lockCustomerOf({ userId: 'u' }, T0);
          await tx.saveTraits(customer.id, { email: 'a@example.com' });
          expect((await tx.customer(customer.id))?.traits).toEqual({ email: 'a@example.com' });
        });
      });
    });

    describe('the catalog', () => {
      it('is what is published', async () => {
        const catalog = await inTx((tx) => tx.catalog());
        expect(catalog.settings).toEqual(published.settings);
        expect([...catalog.journeys].sort((a, b) => (a.version < b.version ? -1 : 1))).toEqual(published.journeys);
      });

      it('has the plan of each version', async () => {
        expect(await inTx((tx) => tx.plan('v2'))).toEqual(published.journeys[1]!.plan);
      });

      it('refuses a version that nobody published', async () => {
        await expect(inTx((tx) => tx.plan('v0'))).rejects.toThrow();
      });
    });

    customersContract(inTx);
    lineContract(inTx);
    crowdContract(inTx);
    mergeContract(inTx);
    pushContract(inTx);
    eventsContract(inTx);
    enrollmentsContract(inTx);
    turnsContract(inTx);
    watchesContract(inTx);
    journeysContract(inTx);
    chatContract(inTx);
    competitionContract(inTx);
    audiencesContract(inTx);
  });
}

const published: Catalog = {
  settings: settings(),
  journeys: [
    { version: 'v1', plan: plan('welcome') },
    { version: 'v2', plan: plan('cart', { title: undefined }) },
  ],
};
delete published.journeys[1]!.plan.title;
