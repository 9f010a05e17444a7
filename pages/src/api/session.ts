// Who is signed in, and what they may do. Fetched once, and again whenever an answer says that the session has ended.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { learnTime } from '../time/clock.ts';
import { carryToken, get, post, remove } from './client.ts';

export type Capability =
  | 'read_customers'
  | 'read_messages'
  | 'read_journeys'
  | 'preview_messages'
  | 'send_tests'
  | 'act_on_journeys'
  | 'act_on_enrollments'
  | 'act_on_customers'
  | 'mend_events';

export interface Session {
  role: 'server' | 'support' | 'marketer' | 'admin';
  name: string | null;
  csrf: string;
  can: Capability[];
}

export interface Shop {
  brand: string;
  /** How many times faster than the reader's time business goes; absent: it is the same time. */
  speed?: number;
  locale: string;
  time_zone: string;
  purposes: string[];
  now: string;
  session: Session | null;
}

async function fetchShop(): Promise<Shop> {
  const shop = await get<Shop>('/session');
  carryToken(shop.session?.csrf ?? '');
  learnTime(shop.now);
  return shop;
}

export function useShop() {
  return useQuery({ queryKey: ['session'], queryFn: fetchShop, staleTime: 5 * 60_000 });
}

/** Whether who is signed in may do this. */
export function useCan(): (capability: Capability) => boolean {
  const { data } = useShop();
  return (capability) => data?.session?.can.includes(capability) ?? false;
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: { token: string; name: string }) => post('/session', given),
    onSuccess: () => queries.invalidateQueries(),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => remove('/session'),
    // What was seen must not be there for whoever comes next.
    onSettled: () => {
      queries.clear();
      window.location.assign('/');
    },
  });
}
