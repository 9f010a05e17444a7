// Events as they come in, newest first, with what each one did. The list follows live.
import { Alert, Anchor, Button, Code, Group, List, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { get } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import { useCan } from '../api/session.ts';
import { Failure } from '../frame/failure.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { When } from '../time/when.tsx';
import { useLanguage } from '../words/words.tsx';
import type { Keys } from './connect.tsx';

interface TailedEvent {
  id: string;
  name: string;
  source: string;
  receivedAt: string;
  customerId: string;
  data: object;
  flags: { path: string; declared: string }[];
  did: { journey: string; sentence: string }[];
}

const key = ['events'];

export default function EventTail() {
  const { locale, words } = useLanguage();
  const [name, setName] = useState('');
  const live = useLive('/events/live', key);
  const declared = useQuery({ queryKey: ['keys'], queryFn: () => get<Keys>('/keys') });
  const pages = useInfiniteQuery({
    queryKey: [...key, name, locale],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ locale, ...(name && { name }), ...(pageParam && { before: pageParam }) });
      return get<{ events: TailedEvent[]; next: string | null }>(`/events?${query}`);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const events = pages.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <PageTitle title={words.tail.title} live={live} />
      <Text size="sm">{words.tail.lead}</Text>
      <NativeSelect
        label={words.tail.name}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data={[
          { value: '', label: words.tail.all },
          ...(declared.data?.events ?? []).map((event) => ({ value: event.name, label: event.name })),
        ]}
        maw={320}
      />
      {pages.isError && <Failure error={pages.error} onAgain={() => void pages.refetch()} />}
      {pages.data && events.length === 0 && <Text size="sm">{words.tail.nothing}</Text>}
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-label={words.tail.title}>
        {events.map((event) => (
          <li key={event.id}>
            <Line event={event} />
          </li>
        ))}
      </Stack>
      {pages.hasNextPage && (
        <Group>
          <Button variant="default" size="xs" onClick={() => void pages.fetchNextPage()}>
            {words.older}
          </Button>
        </Group>
      )}
    </>
  );
}

function Line({ event }: { event: TailedEvent }) {
  const { words } = useLanguage();
  const maySee = useCan()('read_customers');
  const { name, source, receivedAt, customerId, did, flags, data } = event;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text fw={600} size="sm">
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {source}
          </Text>
          <When at={receivedAt} />
        </Group>
        {maySee && (
          <Anchor component={Link} size="sm" href={`/customers/${encodeURIComponent(customerId)}`}>
            {words.tail.customer}
          </Anchor>
        )}
      </Group>
      <List size="sm" listStyleType="none">
        {did.length === 0 && (
          <List.Item>
            <Text size="sm" c="dimmed">
              {words.tail.didNothing}
            </Text>
          </List.Item>
        )}
        {did.map(({ journey, sentence }) => (
          <List.Item key={`${journey} ${sentence}`}>
            <strong>{journey}</strong>: {sentence}
          </List.Item>
        ))}
      </List>
      {flags.length > 0 && (
        <Alert color="yellow" mt="xs" p="xs" title={words.tail.flags}>
          {flags.map(({ path, declared }) => words.tail.flag(path, declared)).join(', ')}
        </Alert>
      )}
      {Object.keys(data).length > 0 && (
        <details>
          <Text component="summary" size="sm" c="dimmed">
            {words.tail.data}
          </Text>
          <Code block style={{ whiteSpace: 'pre-wrap' }}>
            {JSON.stringify(data, null, 2)}
          </Code>
        </details>
      )}
    </Paper>
  );
}
