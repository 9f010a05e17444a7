// One fact from two sources: told once for each customer, and no page can tell it in the shop's place.
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import { day, hour, planWith, when } from '../core/plans.ts';
import { createRig, memoryBacking, type Rig } from './rig.ts';

const wait = { kind: 'wait', form: 'length', forMs: day, next: null } as const;
const entering = { on: ['signed_up'], again: { mode: 'after_exit' }, lateMs: day } as const;
const plan: Plan = planWith(
  { wait },
  { exits: [{ on: ['order_completed'] }], enter: { ...entering, on: ['signed_up'] } },
);
const events: Settings['events'] = {
  order_completed: {
    ...{
      from: [],
      properties: { order_id: { kind: 'string', optional: false } },
      correlate: [],
      same: 'order_id',
      buys: true,
    },
  },
};
const rigWith = (own: Plan = plan) => createRig([own], memoryBacking(), hour, { events });
const order = (more: object) => ({ name: 'order_completed', data: { order_id: 'o1' }, ...more });
const user = { identity: { userId: 'u1' } };
const visitor = { identity: { anonymousId: 'a1' } };
const login = { kind: 'identify', identity: { userId: 'u1', anonymousId: 'a1' } } as const;
const reasons = async (rig: Rig) => (await rig.rows()).enrollments.map(({ reason }) => reason);

describe('an order that two sources report', () => {
  it('is one event where both mean the same customer, the page first or the server', async () => {
    for (const trusted of [true, false]) {
      const rig = await rigWith();
      expect(await rig.receive(order({ ...user, trusted }))).toMatchObject({ status: 'accepted' });
      expect(await rig.receive(order({ ...user, trusted: !trusted }))).toMatchObject({ status: 'duplicate' });
    }
  });

  // A stranger who guessed the number reported the order with the browser's key; the shop's own report was a duplicate
  // then, and the buyer was reminded of a cart long bought.
  it('ends the journey of who bought, though a stranger has reported its number first', async () => {
    const rig = await rigWith();
    await rig.receive({ ...user, name: 'signed_up' });
    await rig.receive(order({ identity: { anonymousId: 'stranger' }, trusted: false }));
    expect(await reasons(rig)).toEqual([null]);
    expect(await rig.receive(order(user))).toMatchObject({ status: 'accepted' });
    expect(await reasons(rig)).toEqual(['order_completed']);
  });

  it('is nobody else’s once the shop has reported it', async () => {
    const rig = await rigWith();
    await rig.receive(order(user));
    expect(await rig.receive(order({ identity: { userId: 'u2' } }))).toMatchObject({ status: 'duplicate' });
    expect(await rig.receive(order({ ...visitor, trusted: false }))).toMatchObject({ status: 'duplicate' });
  });

  it('counts what the second report says of the person besides it; a repeat of what is stored says nothing', async () => {
    const rig = await rigWith();
    const known = () =>
      rig.store.transaction(async (tx) => {
        const { id, traits } = await tx.lockCustomerOf(user.identity, rig.time.now);
        return [traits.email, await tx.grants(id)];
      });
    const said = { channel: 'email', purpose: 'marketing', state: 'granted', at: 1, evidence: {} } as const;
    const shops = order({ ...user, source: 'shop', traits: { email: 'old@example.com' }, consents: [said] });
    await rig.receive(order(user));
    expect(await rig.receive({ ...shops, sourceId: 's1', trusted: false })).toMatchObject({ status: 'duplicate' });
    expect(await known()).toEqual([undefined, []]);
    expect(await rig.receive({ ...shops, sourceId: 's1' })).toMatchObject({ status: 'duplicate' });
    expect(await known()).toEqual(['old@example.com', [{ channel: 'email', purpose: 'marketing' }]]);

    const update = { ...user, source: 'shop', sourceId: 's2', name: 'order_seen' };
    await rig.receive({ ...update, traits: { email: 'first@example.com' } });
    await rig.receive({ ...user, kind: 'identify', traits: { email: 'new@example.com' } });
    expect(await rig.receive({ ...update, traits: { email: 'first@example.com' } })).toMatchObject({
      status: 'duplicate',
    });
    expect(await known()).toEqual(['new@example.com', [{ channel: 'email', purpose: 'marketing' }]]);
  });
});

describe('a visitor whose page reported the order that the server reported of the customer', () => {
  it('brings it once: what counts orders counts one', async () => {
    const twice = when('count("order_completed", "7 days") >= 2', undefined, [
      { event: 'order_completed', windowMs: 7 * day },
    ]);
    const rig = await rigWith({ ...plan, exits: [], enter: { ...plan.enter, if: twice } });
    await rig.receive(order({ ...visitor, trusted: false }));
    await rig.receive(order(user));
    await rig.receive(login);
    await rig.receive({ ...user, name: 'signed_up' });
    expect((await rig.rows()).enrollments).toEqual([]);
    await rig.receive(order({ ...user, data: { order_id: 'o2' } }));
    await rig.receive({ ...user, name: 'signed_up' });
    expect((await rig.rows()).enrollments).toHaveLength(1);
  });

  it('does not end with it what began after the order', async () => {
    const rig = await rigWith();
    await rig.receive({ ...user, name: 'signed_up' });
    await rig.receive(order({ ...visitor, trusted: false }));
    await rig.receive(order(user));
    rig.time.now += 1000;
    // The order is spent: it has ended the enrollment of before.
    await rig.receive({ ...user, name: 'signed_up' });
    expect(await reasons(rig)).toEqual(['order_completed', null]);
    await rig.receive(login);
    expect(await reasons(rig)).toEqual(['order_completed', null]);
  });
});
