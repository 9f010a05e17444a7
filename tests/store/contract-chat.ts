// The store contract: what is said in chats, and where a person is wanted.
import { describe, expect, it } from 'vitest';
import type { ChatMessage, Conversation } from '../../engine/core/chat.ts';
import type { InTx } from './contract.ts';
import { MINUTE, T0 } from './samples.ts';

export function chatContract(inTx: InTx): void {
  const customer = (userId = 'u') => inTx(async (tx) => (await tx.lockCustomerOf({ userId }, T0)).id);
  const say = (customerId: string, key: string, change: Partial<ChatMessage> = {}) =>
    inTx((tx) =>
      tx.addChatMessage({
        ...{
          key,
          customerId,
          channel: 'site',
          conversationId: null,
          from: 'customer',
          by: null,
          content: { text: key },
          at: T0,
        },
        ...change,
      }),
    );
  const texts = async (customerId: string, after = 0, limit = 100) =>
    (await inTx((tx) => tx.chatMessages(customerId, 'site', after, limit))).map(({ key }) => key);

  describe('what is said', () => {
    it('is read in its order, from where one left off, as many as wanted', async () => {
      const id = await customer();
      for (const key of ['a', 'b', 'c']) expect(await say(id, key)).toBe(true);
      await say(await customer('other'), 'd');
      await say(id, 'e', { channel: 'line' });
      expect(await texts(id)).toEqual(['a', 'b', 'c']);
      const [first] = await inTx((tx) => tx.chatMessages(id, 'site', 0, 1));
      expect(await texts(id, first!.id)).toEqual(['b', 'c']);
      expect(await texts(id, first!.id, 1)).toEqual(['b']);
    });

    it('is said once for each key, and the first stands', async () => {
      const id = await customer();
      await say(id, 'a', { content: { text: 'first' } });
      expect(await say(id, 'a', { content: { text: 'second' } })).toBe(false);
      const [message] = await inTx((tx) => tx.chatMessages(id, 'site', 0, 10));
      expect(message).toMatchObject({ content: { text: 'first' }, from: 'customer', at: T0 });
    });

    it('goes over to who the visitor turned out to be', async () => {
      const visitor = await inTx(async (tx) => (await tx.lockCustomerOf({ anonymousId: 'v' }, T0)).id);
      const id = await customer();
      await say(visitor, 'a');
      await inTx((tx) => tx.saveConversation(asked(visitor)));
      await inTx((tx) => tx.moveCustomer(visitor, id, true));
      expect(await texts(id)).toEqual(['a']);
      expect(await inTx((tx) => tx.openConversations(id))).toEqual([{ ...asked(visitor), customerId: id }]);
    });
  });

  describe('a conversation', () => {
    it('is read by its id, by the handoff that opened it, and while it is open by its customer', async () => {
      const id = await customer();
      const later = { ...asked(id), id: 'later', effectKey: 'e/1', openedAt: T0 + MINUTE };
      await inTx(async (tx) => {
        await tx.saveConversation(later);
        await tx.saveConversation(asked(id));
      });
      expect(await inTx((tx) => tx.conversation('c'))).toEqual(asked(id));
      expect(await inTx((tx) => tx.conversationOfEffect('e/1'))).toEqual(later);
      expect(await inTx((tx) => tx.conversationOfEffect('e/2'))).toBeNull();
      expect((await inTx((tx) => tx.openConversations(id))).map((row) => row.id)).toEqual(['c', 'later']);
    });

    it('is resolved in place', async () => {
      const id = await customer();
      const over = { ...asked(id), status: 'resolved', resolvedAt: T0 + MINUTE, resolvedBy: 'support' } as const;
      await inTx((tx) => tx.saveConversation(asked(id)));
      await inTx((tx) => tx.saveConversation(over));
      expect(await inTx((tx) => tx.conversation('c'))).toEqual(over);
      expect(await inTx((tx) => tx.openConversations(id))).toEqual([]);
    });
  });
}

function asked(customerId: string): Conversation {
  const handoff = { effectKey: null, enrollmentId: null, journey: null, step: null };
  const end = { resolvedAt: null, resolvedBy: null };
  return {
    ...{ id: 'c', customerId, channel: 'site', queue: 'support', status: 'open', note: 'a question', openedAt: T0 },
    ...handoff,
    ...end,
  };
}
