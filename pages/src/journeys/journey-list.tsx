// All journeys by stage, with how many people are in each right now.
import { Anchor, Badge, Table, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useLive } from '../api/live.ts';
import { Failure } from '../frame/failure.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { When } from '../time/when.tsx';
import { useLanguage, useWords } from '../words/words.tsx';
import { journeysKey, type ListedJourney, pathOf, useJourneys } from './journey.ts';

const stages = ['awareness', 'consideration', 'decision', 'post_purchase', 'retention', 'advocacy'];

export default function JourneyList() {
  const { journeys: words, loading } = useWords();
  const list = useJourneys();
  const live = useLive('/live/journeys', journeysKey);
  if (!list.data) {
    if (list.isError) return <Failure error={list.error} onAgain={() => void list.refetch()} />;
    return <Text role="status">{loading}</Text>;
  }
  const place = ({ stage }: ListedJourney) => (stages.indexOf(stage ?? '') + stages.length + 1) % (stages.length + 1);
  const sorted = list.data.toSorted((a, b) => place(a) - place(b));
  return (
    <>
      <PageTitle title={words.title} live={live} />
      {sorted.length === 0 ? (
        <Text>{words.none}</Text>
      ) : (
        <Table.ScrollContainer minWidth={460} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.name}</Table.Th>
                <Table.Th visibleFrom="sm">{words.stage}</Table.Th>
                <Table.Th>{words.status}</Table.Th>
                <Table.Th ta="right">{words.open}</Table.Th>
                <Table.Th ta="right">{words.entered}</Table.Th>
                <Table.Th ta="right">{words.goals}</Table.Th>
                <Table.Th visibleFrom="sm">{words.published}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sorted.map((one) => (
                <Line key={one.journey} listed={one} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}

function Line({ listed }: { listed: ListedJourney }) {
  const { locale, words } = useLanguage();
  const { journey, title, stage, open, entered, goals, publishedAt, publishedBy } = listed;
  const number = (count: number) => count.toLocaleString(locale);
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Anchor component={Link} href={pathOf(journey)}>
          {title ?? journey}
        </Anchor>
        {title && (
          <Text size="xs" c="dimmed">
            {journey}
          </Text>
        )}
        {stage && (
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            {words.journeys.stages[stage] ?? stage}
          </Text>
        )}
      </Table.Th>
      <Table.Td visibleFrom="sm">{stage && (words.journeys.stages[stage] ?? stage)}</Table.Td>
      <Table.Td>
        <StatusBadge status={listed.status} isRetired={listed.version === null} />
      </Table.Td>
      <Table.Td ta="right">{number(open)}</Table.Td>
      <Table.Td ta="right">{number(entered)}</Table.Td>
      <Table.Td ta="right">{number(goals)}</Table.Td>
      <Table.Td visibleFrom="sm">
        {publishedAt && <When at={publishedAt} dimmed={false} />}
        {publishedBy && (
          <Text size="xs" c="dimmed">
            {words.journeys.by(publishedBy)}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

export function StatusBadge({ status, isRetired }: { status: string; isRetired: boolean }) {
  const { journeys: words } = useWords();
  const colour = isRetired ? 'gray' : status === 'live' ? 'teal' : status === 'paused' ? 'yellow' : 'red';
  return (
    <Badge color={colour} variant="light" tt="none">
      {isRetired && status === 'live' ? words.retired : (words.statuses[status] ?? status)}
    </Badge>
  );
}
