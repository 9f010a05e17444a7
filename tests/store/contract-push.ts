// The store contract: the devices that push messages go to.
import { describe, expect, it } from 'vitest';
import type { PushSubscription } from '../../engine/ports.ts';
import type { InTx } from './contract.ts';
import { T0 } from './samples.ts';

export function pushContract(inTx: InTx): void {
  describe('a push subscription', () => {
    const customer = (userId: string) => inTx((tx) => tx.lockCustomerOf({ userId }, T0)).then(({ id }) => id);
    const device = (customerId: string, change: Partial<PushSubscription> = {}): PushSubscription => ({
      ...{ id: 'd1', customerId, kind: 'webpush', endpoint: 'https://push.example/1', createdAt: T0, lastSeenAt: T0 },
      keys: { p256dh: 'p', auth: 'a', vapid: 'v' },
      ...change,
    });
    const save = (...devices: PushSubscription[]) =>
      inTx(async (tx) => {
        for (const one of devices) await tx.savePushSubscription(one);
      });
    const of = (customerId: string) => inTx((tx) => tx.pushSubscriptions(customerId));

    it('is found by its customer, the one seen last first', async () => {
      const id = await customer('u');
      const app = device(id, { id: 'd2', kind: 'fcm', endpoint: 'token', keys: {}, lastSeenAt: T0 + 1 });
      await save(device(id), app);
      expect(await of(id)).toEqual([app, device(id)]);
      expect(await of(await customer('other'))).toEqual([]);
    });

    it('keeps its id when the device comes again, with new keys', async () => {
      const id = await customer('u');
      await save(device(id), device(id, { id: 'd9', keys: { p256dh: 'q' }, createdAt: T0 + 5, lastSeenAt: T0 + 5 }));
      expect(await of(id)).toEqual([device(id, { keys: { p256dh: 'q' }, lastSeenAt: T0 + 5 })]);
    });

    it('goes over to who is seen on the device', async () => {
      const [first, second] = [await customer('u1'), await customer('u2')];
      await save(device(first), device(second, { id: 'd9' }));
      expect(await of(first)).toEqual([]);
      expect(await of(second)).toEqual([device(second)]);
    });

    it('is shed when a customer has twenty that were seen later', async () => {
      const id = await customer('u');
      const many = Array.from({ length: 22 }, (_, index) =>
        device(id, { id: `d${index}`, endpoint: `https://push.example/${index}`, lastSeenAt: T0 + index }),
      );
      await save(...many);
      expect((await of(id)).map(({ lastSeenAt }) => lastSeenAt - T0)).toEqual(
        Array.from({ length: 20 }, (_, index) => 21 - index),
      );
    });

    it('is dropped by its id, or by its endpoint for its own customer only', async () => {
      const [id, other] = [await customer('u'), await customer('other')];
      await save(device(id), device(id, { id: 'd2', endpoint: 'https://push.example/2' }));
      const drop = (which: Parameters<Parameters<Parameters<InTx>[0]>[0]['dropPushSubscription']>[0]) =>
        inTx((tx) => tx.dropPushSubscription(which));
      expect(await drop({ endpoint: 'https://push.example/1', customerId: other })).toBe(false);
      expect(await drop({ endpoint: 'https://push.example/1', customerId: id })).toBe(true);
      expect(await drop({ id: 'd2' })).toBe(true);
      expect(await drop({ id: 'd2' })).toBe(false);
      expect(await of(id)).toEqual([]);
    });

    it('moves with a visitor who turns out to be somebody', async () => {
      const [visitor, known] = [await customer('v'), await customer('u')];
      await save(device(visitor));
      await inTx((tx) => tx.moveCustomer(visitor, known, true));
      expect(await of(known)).toEqual([device(known)]);
    });

    it('is gone with an erasure', async () => {
      const id = await customer('u');
      await save(device(id));
      const nothing = { hashes: [], texts: [], addresses: [], eventNames: [] };
      await inTx((tx) => tx.eraseCustomer(id, { at: T0, ...nothing }));
      expect(await of(id)).toEqual([]);
    });
  });
}
