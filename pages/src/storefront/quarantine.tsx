// What came in and was not understood: why, as it was sent, and the way to take it in again.
import { Button, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Acting } from '../acting/act.tsx';
import { get } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import { Failure } from '../frame/failure.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { When } from '../time/when.tsx';
import { refusalIn } from '../words/refusals.ts';
import { useLanguage, useWords } from '../words/words.tsx';

interface Quarantined {
  id: string;
  received_at: string;
  source: string;
  problem: string;
  body: unknown;
}

const key = ['quarantine'];

export default function Quarantine() {
  const { quarantine: words, older } = useWords();
  const live = useLive('/quarantine/live', key);
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => {
      const query = pageParam === null ? '' : `?before=${encodeURIComponent(pageParam)}`;
      return get<{ events: Quarantined[]; next: string | null }>(`/quarantine${query}`);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const events = list.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <PageTitle title={words.title} live={live} />
      <Text size="sm">{words.lead}</Text>
      {list.isError && <Failure error={list.error} onAgain={() => void list.refetch()} />}
      {list.data && events.length === 0 && (
        <Text size="sm" role="status">
          {words.nothing}
        </Text>
      )}
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
        {events.map((event) => (
          <li key={event.id}>
            <Line event={event} />
          </li>
        ))}
      </Stack>
      {list.hasNextPage && (
        <Group>
          <Button variant="default" size="xs" onClick={() => void list.fetchNextPage()}>
            {older}
          </Button>
        </Group>
      )}
    </>
  );
}

function Line({ event }: { event: Quarantined }) {
  const { locale, words: all } = useLanguage();
  const { quarantine: words } = all;
  const { id, received_at: at, source, body } = event;
  const problem = refusalIn(locale, event.problem);
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <div style={{ flex: '1 1 16rem' }}>
          <Text size="sm" fw={600}>
            {problem}
          </Text>
          <Text size="sm" c="dimmed">
            {words.source} {source} · <When at={at} />
          </Text>
        </div>
        <Acting
          words={words.replay}
          what={problem}
          path={`/quarantine/${encodeURIComponent(id)}/replay`}
          needs="mend_events"
          changes={key}
        />
      </Group>
      <details>
        <Text component="summary" size="sm" c="dimmed">
          {words.body}
        </Text>
        <Code block style={{ whiteSpace: 'pre-wrap' }}>
          {JSON.stringify(body, null, 2)}
        </Code>
      </details>
    </Paper>
  );
}
