// One customer as the server tells it, and the questions that the page asks.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { JourneyMap } from '../maps/journey-map.ts';
import { useLanguage } from '../words/words.tsx';

export interface Customer {
  id: string;
  traits: { [trait: string]: unknown };
  createdAt: string;
  erasedAt: string | null;
  identities: { kind: string; value: string }[];
  consent: { current: Consent[] };
  suppressions: { channel: string; address: string; reason: string; at: string; by: string | null }[];
  enrollments: Enrollment[];
  deliveries: Delivery[];
}

export interface Consent {
  channel: string;
  purpose: string;
  state: 'granted' | 'withdrawn';
  at: string;
  source: string;
}

export interface Enrollment {
  id: string;
  journey: string;
  title: string | null;
  key: string | null;
  status: string;
  reason: string | null;
  heldOut: boolean;
  pausedAt: string | null;
  needsAttention: string | null;
  enteredAt: string;
  endedAt: string | null;
}

export interface Delivery {
  key: string;
  journey: string;
  message: string;
  channel: string;
  state: string;
  reason: string | null;
  sentAt: string | null;
  retryAt: string | null;
  createdAt: string;
}

export interface EnrollmentView {
  zone: string;
  dueAt: string | null;
  explained: { step: string | null; summary: string; next: { at: string | null; sentence: string }[] };
  map: JourneyMap;
  visited: string[];
}

export interface TimelineRow {
  cursor: string;
  kind: 'event' | 'decision' | 'consent' | 'suppression' | 'conversation';
  at: string;
  sentence: string | null;
  detail: { [name: string]: unknown };
}

/** All that is asked about a customer lies below this key, and is asked again when they change. */
export const keyOf = (id: string) => ['customer', id];
const pathOf = (id: string) => `/customers/${encodeURIComponent(id)}`;

export function useCustomer(id: string) {
  return useQuery({ queryKey: [...keyOf(id), 'view'], queryFn: () => get<Customer>(pathOf(id)) });
}

export function useEnrollment(customer: string, id: string) {
  const { locale } = useLanguage();
  return useQuery({
    queryKey: [...keyOf(customer), 'enrollment', id, locale],
    queryFn: () => get<EnrollmentView>(`/enrollments/${encodeURIComponent(id)}?locale=${locale}`),
    placeholderData: keepPreviousData,
  });
}

export function useTimeline(id: string) {
  const { locale } = useLanguage();
  return useInfiniteQuery({
    queryKey: [...keyOf(id), 'timeline', locale],
    queryFn: ({ pageParam }) =>
      get<{ rows: TimelineRow[]; next: string | null }>(
        `${pathOf(id)}/timeline?locale=${locale}${pageParam === null ? '' : `&before=${encodeURIComponent(pageParam)}`}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}
