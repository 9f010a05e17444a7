// Customers for whom a person is wanted: the list, and the one that is open beside it (on a phone, instead of it).
import { Anchor, Button, Grid, NavLink, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { useLive } from '../api/live.ts';
import { Failure } from '../frame/failure.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { useNow } from '../time/clock.ts';
import { distanceOf, When } from '../time/when.tsx';
import { useLanguage, useWords } from '../words/words.tsx';
import { type Conversation, inboxKey, type Status, useConversations, whoOf, whyOf } from './conversation.ts';
import { Talk } from './talk.tsx';

export default function Inbox() {
  const { inbox: words } = useWords();
  const [parameters, setParameters] = useSearchParams();
  const status: Status = parameters.get('status') === 'resolved' ? 'resolved' : 'open';
  const chosen = parameters.get('conversation');
  const live = useLive('/live/conversations', inboxKey);
  return (
    <>
      <PageTitle title={words.title} live={live} />
      <Text size="sm">{words.lead}</Text>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }} {...(chosen && { visibleFrom: 'md' })}>
          <Stack gap="xs">
            <SegmentedControl
              value={status}
              onChange={(value) => setParameters({ status: value })}
              data={[
                { value: 'open', label: words.open },
                { value: 'resolved', label: words.resolved },
              ]}
            />
            <Conversations status={status} chosen={chosen} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          {chosen === null && (
            <Text size="sm" c="dimmed" visibleFrom="md" ta="center" py="xl">
              {words.choose}
            </Text>
          )}
          {chosen && (
            <Stack gap="xs">
              <Anchor component={Link} href={`/inbox?status=${status}`} hiddenFrom="md">
                {words.back}
              </Anchor>
              <Talk key={chosen} id={chosen} />
            </Stack>
          )}
        </Grid.Col>
      </Grid>
    </>
  );
}

function Conversations({ status, chosen }: { status: Status; chosen: string | null }) {
  const words = useWords();
  const pages = useConversations(status);
  if (!pages.data) {
    if (pages.isError) return <Failure error={pages.error} onAgain={() => void pages.refetch()} />;
    return <Text role="status">{words.loading}</Text>;
  }
  const rows = pages.data.pages.flatMap(({ conversations }) => conversations);
  if (rows.length === 0)
    return (
      <Text size="sm" role="status">
        {status === 'open' ? words.inbox.nobodyOpen : words.inbox.nobodyResolved}
      </Text>
    );
  return (
    <Paper component="nav" aria-label={words.inbox.title} withBorder>
      {rows.map((row) => (
        <NavLink
          key={row.id}
          component={Link}
          href={`/inbox?status=${status}&conversation=${encodeURIComponent(row.id)}`}
          active={row.id === chosen}
          aria-current={row.id === chosen ? 'page' : undefined}
          label={whoOf(row, words.inbox)}
          description={<Line row={row} />}
          styles={{ label: { fontWeight: 600 } }}
        />
      ))}
      {pages.hasNextPage && (
        <Button m="xs" size="xs" variant="default" onClick={() => void pages.fetchNextPage()}>
          {words.older}
        </Button>
      )}
    </Paper>
  );
}

function Line({ row }: { row: Conversation }) {
  const { locale, words } = useLanguage();
  const now = useNow();
  return (
    <>
      <Text component="span" size="sm" display="block">
        {row.note ?? whyOf(row, words.inbox)}
      </Text>
      <Text component="span" size="xs" c="dimmed" display="block">
        {words.channels[row.channel] ?? row.channel} · {words.inbox.queue(row.queue)} ·{' '}
        {row.status === 'open' ? distanceOf(row.openedAt, now, locale) : <When at={row.openedAt} size="xs" />}
      </Text>
    </>
  );
}
