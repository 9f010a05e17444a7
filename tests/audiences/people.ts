// People in audiences for tests: customers in a database, and what is wanted of them.
import { newMember, toldAnew, withoutReasons, withReason } from '../../engine/core/audience.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { Catalog } from '../../engine/ports.ts';
import type { TestDatabase } from '../database.ts';
import { settings } from '../store/samples.ts';

export const list = '23840000000000001';
export const catalog: Catalog = {
  settings: settings({
    channels: {
      email: { from: 'shop@shop.example' },
      ads: {
        meta: { audiences: { carts: list, lapsed: '23840000000000002' } },
        google: { account: '1234567890', audiences: { carts: '987654321' } },
        tiktok: { account: '6900000000000000001', audiences: { carts: '55' } },
      },
    },
  }),
  journeys: [],
};

export interface People {
  /** Makes a customer with these traits; answers their id. */
  add(userId: string, traits: JsonMap): Promise<string>;
  want(customerId: string, platform: string, audience?: string): Promise<void>;
  unwant(customerId: string, platform: string, audience?: string): Promise<void>;
  /** Changes traits, as an identify does. */
  change(customerId: string, traits: JsonMap): Promise<void>;
  rows(): Promise<MemberRow[]>;
}

export interface MemberRow {
  customer: string;
  platform: string;
  audience: string;
  wanted: boolean;
  isTold: boolean;
  sent: { list: string; ids: { [kind: string]: string } }[];
  code: string | null;
  attempt: number;
}

export function peopleIn({ store, pool }: TestDatabase): People {
  let ids = 0;
  const reason = {
    enrollmentId: 'e',
    journey: 'j',
    version: 'v',
    step: 's',
    purpose: 'marketing',
    until: 'exit',
  } as const;
  const set = (customerId: string, platform: string, audience: string, isWanted: boolean) =>
    store.transaction(async (tx) => {
      await tx.lockCustomer(customerId);
      const own = await tx.audienceMembers(customerId);
      const known = own.find((one) => one.platform === platform && one.audience === audience);
      const member = known ?? newMember(`m${String(++ids).padStart(6, '0')}`, customerId, platform, audience);
      const after = isWanted ? withReason(member, reason, ids) : withoutReasons(member, () => true, 'exit', ids);
      await tx.saveAudienceMember(after);
    });
  return {
    add: (userId, traits) =>
      store.transaction(async (tx) => {
        const { id } = await tx.lockCustomerOf({ userId }, 0);
        await tx.saveTraits(id, traits);
        return id;
      }),
    want: (customerId, platform, audience = 'carts') => set(customerId, platform, audience, true),
    unwant: (customerId, platform, audience = 'carts') => set(customerId, platform, audience, false),
    change: (customerId, traits) =>
      store.transaction(async (tx) => {
        await tx.lockCustomer(customerId);
        await tx.saveTraits(customerId, traits);
        for (const member of await tx.audienceMembers(customerId)) await tx.saveAudienceMember(toldAnew(member, 1));
      }),
    async rows() {
      const { rows } = await pool.query(`
        SELECT i.value AS customer, platform, audience, wanted, version = told AS "isTold", sent, code, attempt
          FROM audience_members m JOIN identities i ON i.customer_id = m.customer_id ORDER BY i.value, platform, audience`);
      return rows;
    },
  };
}
