// What was said with the customer in chats, and whether a person is wanted there.
import { Alert, Anchor, Button, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { get } from '../api/client.ts';
import { useCan } from '../api/session.ts';
import { Failure } from '../frame/failure.tsx';
import { Section } from '../frame/section.tsx';
import { Said, type SaidLine } from '../inbox/said.tsx';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';
import { keyOf } from './customer.ts';

interface Chatted {
  conversations: Conversation[];
  /** Newest first. */
  messages: (SaidLine & { channel: string })[];
  next: number | null;
}

interface Conversation {
  id: string;
  channel: string;
  status: string;
  note: string | null;
  openedAt: string;
}

export function Chat({ page }: { page: string }) {
  const may = useCan()('read_messages');
  return may ? <MayRead page={page} /> : null;
}

function MayRead({ page }: { page: string }) {
  const words = useWords();
  const path = `/customers/${encodeURIComponent(page)}/chat`;
  const pages = useInfiniteQuery({
    queryKey: [...keyOf(page), 'chat'],
    queryFn: ({ pageParam }) => get<Chatted>(pageParam === null ? path : `${path}?before=${pageParam}`),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
  const lines = (pages.data?.pages ?? []).flatMap(({ messages }) => messages).toReversed();
  const open = pages.data?.pages[0]?.conversations.filter(({ status }) => status === 'open') ?? [];
  // Most customers never chat: nothing is said of it.
  if (pages.data && lines.length === 0 && open.length === 0) return null;
  return (
    <Section title={words.customer.chat}>
      {pages.isError && <Failure error={pages.error} onAgain={() => void pages.refetch()} />}
      <Stack gap="sm">
        {open.map((conversation) => (
          <Waiting key={conversation.id} conversation={conversation} />
        ))}
        {pages.hasNextPage && (
          <Button variant="default" size="xs" onClick={() => void pages.fetchNextPage()}>
            {words.older}
          </Button>
        )}
        <Said lines={lines} />
      </Stack>
    </Section>
  );
}

function Waiting({ conversation }: { conversation: Conversation }) {
  const { customer: words, channels } = useWords();
  const { id, channel, note, openedAt } = conversation;
  return (
    <Alert color="yellow" p="xs">
      <Anchor component={Link} size="sm" href={`/inbox?status=open&conversation=${encodeURIComponent(id)}`}>
        {words.toInbox}
      </Anchor>
      <Text size="sm">
        {channels[channel] ?? channel} · {note && `${note} · `}
        <When at={openedAt} />
      </Text>
    </Alert>
  );
}
