// A journey's numbers at a glance.
import { Paper, SimpleGrid, Text } from '@mantine/core';
import { useLanguage } from '../words/words.tsx';
import type { JourneyView } from './journey.ts';

export function InShort({ journey }: { journey: JourneyView }) {
  const { locale, words } = useLanguage();
  const { standing, entered, completed, exits, measure, sends } = journey;
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const said = words.journeys;
  const figures: [string, number][] = [
    [said.now, sum(Object.values(standing))],
    [said.enteredNow, entered],
    [said.sent, sum(sends.filter(({ outcome }) => outcome === 'sent').map(({ count }) => count))],
    [said.goalsNow, measure.treated.goals + measure.heldOut.goals],
    [said.completed, completed],
    [said.left, sum(exits.map(({ count }) => count))],
  ];
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3, md: 6 }} m={0} aria-label={said.short}>
      {figures.map(([name, count]) => (
        <Paper key={name} withBorder p="sm" style={{ display: 'flex', flexDirection: 'column-reverse' }}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} size="xl" fw={700}>
            {count.toLocaleString(locale)}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
