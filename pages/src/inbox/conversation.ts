// Conversations as the server tells them, and the questions that the inbox asks.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../api/client.ts';
import { plain } from '../frame/outside.ts';
import { useLanguage, type Words } from '../words/words.tsx';
import type { SaidLine } from './said.tsx';

export interface Conversation {
  id: string;
  customerId: string;
  name: string;
  email: string | null;
  channel: string;
  queue: string;
  status: 'open' | 'resolved';
  journey: string | null;
  journeyTitle: string | null;
  note: string | null;
  openedAt: string;
  resolvedAt: string | null;
  resolvedBy: string | null;
}

export interface ConversationView extends Conversation {
  messages: SaidLine[];
  story: { title: string | null; enrollments: { lines: { at: string; sentence: string }[] }[] } | null;
}

export type Status = Conversation['status'];
export const inboxKey = ['inbox'];
export const pathOf = (id: string) => `/conversations/${encodeURIComponent(id)}`;

export function useConversations(status: Status) {
  return useInfiniteQuery({
    queryKey: [...inboxKey, 'list', status],
    queryFn: ({ pageParam }) =>
      get<{ conversations: Conversation[]; next: string | null }>(
        `/conversations?${new URLSearchParams({ status, ...(pageParam && { after: pageParam }) })}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

export function useConversation(id: string) {
  const { locale } = useLanguage();
  return useQuery({
    queryKey: [...inboxKey, 'one', id, locale],
    queryFn: () => get<ConversationView>(`${pathOf(id)}?locale=${locale}`),
  });
}

/** `key` is the same for one reply however often it is sent: it is said once. */
export function useReply(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ text, key }: { text: string; key: string }) => post(`${pathOf(id)}/reply`, { text, id: key }),
    onSettled: () => queries.invalidateQueries({ queryKey: inboxKey }),
  });
}

/** Who wants somebody, as well as the shop knows. */
export function whoOf({ name, email }: Conversation, words: Words['inbox']): string {
  return plain(name ? words.called(name) : (email ?? words.visitor));
}

/** Why somebody is wanted. */
export function whyOf({ journey, journeyTitle }: Conversation, words: Words['inbox']): string {
  return journey === null ? words.asked : words.handedOver(journeyTitle ?? journey);
}
