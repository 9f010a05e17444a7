// Customers for whom a person is wanted: the list, and the one that is open beside it (on a phone, instead of it).
import { Anchor, Badge, Button, Grid, Group, NavLink, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { useLive } from '../api/live.ts';
import { Failure } from '../frame/failure.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';
import { type Conversation, inboxKey, type Status, useConversations } from './conversation.ts';
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
  if (pages.isError) return <Failure error={pages.error} onAgain={() => void pages.refetch()} />;
  if (!pages.data) return <Text role="status">{words.loading}</Text>;
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
          label={row.note ?? (row.journey ? words.inbox.handedOver(row.journey) : words.inbox.asked)}
          description={<Line row={row} />}
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
  const { inbox: words } = useWords();
  return (
    <Group gap="xs" component="span">
      <Badge component="span" variant="light" tt="none">
        {row.channel}
      </Badge>
      <Text component="span" size="xs">
        {words.queue(row.queue)}
      </Text>
      <When at={row.openedAt} />
    </Group>
  );
}
