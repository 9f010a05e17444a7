// Chats in memory.
import type { ChatMessage, Conversation } from '../engine/core/chat.ts';
import type { Tables } from './memory-tables.ts';

export function chatsOn(t: Tables) {
  return {
    async addChatMessage(message: Omit<ChatMessage, 'id'>) {
      if (t.chatMessages.some(({ key }) => key === message.key)) return false;
      t.chatMessages.push({ ...structuredClone(message), id: t.chatMessages.length + 1 });
      return true;
    },
    async chatMessages(customerId: string, channel: string, after: number, limit: number) {
      const theirs = t.chatMessages.filter((row) => row.customerId === customerId && row.channel === channel);
      return structuredClone(theirs.filter(({ id }) => id > after).slice(0, limit));
    },
    async saveConversation(conversation: Conversation) {
      t.conversations.set(conversation.id, structuredClone(conversation));
    },
    async conversation(id: string) {
      return structuredClone(t.conversations.get(id) ?? null);
    },
    async conversationOfEffect(effectKey: string) {
      return structuredClone([...t.conversations.values()].find((row) => row.effectKey === effectKey) ?? null);
    },
    async openConversations(customerId: string) {
      const theirs = [...t.conversations.values()].filter((row) => row.customerId === customerId);
      const open = theirs.filter(({ status }) => status === 'open');
      return structuredClone(open.sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1)));
    },
  };
}
