// Who a call is about, and what it may say of them, whatever let it in.
import { expect, it } from 'vitest';
import { planWith } from '../core/plans.ts';
import { createRig } from './rig.ts';

const plan = planWith({});
const customer = (rig: Awaited<ReturnType<typeof createRig>>, identity: { userId?: string; anonymousId?: string }) =>
  rig.store.transaction((tx) => tx.lockCustomerOf(identity, 0));

it('an alias joins the id of before and the id of now', async () => {
  const rig = await createRig([plan]);
  await rig.receive({ kind: 'alias', identity: { userId: 'u', anonymousId: 'now' }, previousId: 'before' });
  const { id } = await customer(rig, { userId: 'u' });
  expect((await customer(rig, { anonymousId: 'now' })).id).toBe(id);
  expect((await customer(rig, { anonymousId: 'before' })).id).toBe(id);
});

it('an alias that is not to be trusted joins nothing', async () => {
  const rig = await createRig([plan]);
  await rig.receive({ kind: 'alias', identity: { userId: 'u' }, previousId: 'before', trusted: false });
  expect((await customer(rig, { anonymousId: 'before' })).id).not.toBe((await customer(rig, { userId: 'u' })).id);
});

it('an identify with a wrong type, zone, channel or purpose is told where', async () => {
  const rig = await createRig([plan]);
  const receipt = await rig.receive({
    kind: 'identify',
    identity: { userId: 'u' },
    traits: { email: 7, time_zone: 'Mars/Base', unheard_of: 1 },
    grants: [
      { channel: 'emial', purpose: 'marketing' },
      { channel: 'email', purpose: 'marketting' },
      { channel: 'ads', purpose: 'marketing' },
    ],
  });
  expect(receipt).toMatchObject({
    ignored: [],
    flags: [
      { path: 'traits.time_zone', declared: 'IANA time zone' },
      { path: 'context.consent', declared: 'email | push | line | site | sms | ads' },
      { path: 'context.consent.email', declared: 'marketing' },
    ],
  });
});

it('what is not to be trusted sets a visitor traits, and no address and no consent', async () => {
  const rig = await createRig([plan]);
  const said = { email: 'a@example.com', phone: '1', first_name: 'Aki' };
  const receipt = await rig.receive({
    kind: 'identify',
    identity: { anonymousId: 'a' },
    traits: said,
    grants: [{ channel: 'email', purpose: 'marketing' }],
    trusted: false,
  });
  expect(receipt).toMatchObject({ ignored: [expect.stringContaining('email'), expect.stringContaining('consent')] });
  const { id, traits } = await customer(rig, { anonymousId: 'a' });
  expect(traits).toEqual({ first_name: 'Aki' });
  expect(await rig.store.transaction((tx) => tx.grants(id))).toEqual([]);
});
