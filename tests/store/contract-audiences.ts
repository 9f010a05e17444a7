// Who is to be in which audience, in any store.
import { describe, expect, it } from 'vitest';
import { type AudienceMember, newMember, withReason } from '../../engine/core/audience.ts';
import type { InTx } from './contract.ts';
import { MINUTE, T0 } from './samples.ts';

export function audiencesContract(inTx: InTx): void {
  describe('audience members', () => {
    const customer = (userId: string) => inTx(async (tx) => (await tx.lockCustomerOf({ userId }, T0)).id);
    const reason = { enrollmentId: 'e', journey: 'j', version: 'v1', step: 'put', purpose: 'marketing' };
    const member = (id: string, customerId: string, platform: string, until: number | 'exit' = 'exit') =>
      withReason(newMember(id, customerId, platform, 'carts'), { ...reason, until }, T0);
    const save = (...members: AudienceMember[]) =>
      inTx(async (tx) => {
        for (const one of members) await tx.saveAudienceMember(one);
      });
    const of = (customerId: string) => inTx((tx) => tx.audienceMembers(customerId));

    it('come back as they were saved, by platform, and nobody else’s', async () => {
      const [one, other] = [await customer('u'), await customer('w')];
      const members = [member('b', one, 'google', T0 + MINUTE), member('a', one, 'meta')];
      await save(members[1]!, members[0]!, member('c', other, 'meta'));
      expect(await of(one)).toEqual(members);
    });

    it('are replaced under their id', async () => {
      const one = await customer('u');
      const before = member('a', one, 'meta');
      const after: AudienceMember = {
        ...before,
        reasons: [],
        wanted: false,
        why: 'consent',
        version: 2,
        changedAt: T0 + 1,
      };
      await save(before, after);
      expect(await of(one)).toEqual([after]);
    });

    it('are one row for each customer, platform and audience once two were joined', async () => {
      const [one, other] = [await customer('u'), await customer('w')];
      const [into, from] = [member('a', one, 'meta'), member('b', other, 'meta')];
      await save(into, from);
      await inTx((tx) => tx.joinAudienceMembers({ ...into, version: 7 }, from.id));
      expect(await of(one)).toEqual([{ ...into, version: 7 }]);
      expect(await of(other)).toEqual([]);
    });

    it('are due when time has ended them, each customer once, the earliest first', async () => {
      const [one, other, third] = [await customer('u'), await customer('w'), await customer('x')];
      await save(
        member('a', one, 'meta', T0 + 2),
        member('b', one, 'google', T0 + 1),
        member('c', other, 'meta', T0),
        member('d', third, 'meta', T0 + 3),
        member('e', third, 'google'),
      );
      const due = (at: number, limit: number) => inTx((tx) => tx.dueAudiences(at, limit));
      expect(await due(T0 + 2, 9)).toEqual([
        { customerId: other, endsAt: T0 },
        { customerId: one, endsAt: T0 + 1 },
      ]);
      expect(await due(T0 + 2, 1)).toEqual([{ customerId: other, endsAt: T0 }]);
      expect(await due(T0 - 1, 9)).toEqual([]);
    });
  });
}
