// What was sent by each message, and what was not, by reason: as a picture, and as the table behind it.
import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { List, Table, Text } from '@mantine/core';
import { notSentSentence } from '../../../engine/core/sentences.ts';
import { Section } from '../frame/section.tsx';
import { useLanguage } from '../words/words.tsx';
import type { JourneyView } from './journey.ts';

type Sends = JourneyView['sends'];

export function Messages({ sends }: { sends: Sends }) {
  const { locale, words } = useLanguage();
  const said = words.journeys;
  const rows = rowsOf(sends);
  if (rows.length === 0)
    return (
      <Section title={said.messages}>
        <Text size="sm">{said.noMessages}</Text>
      </Section>
    );
  const data = rows.map(({ message, channel, sent, silences }) => ({
    name: `${message} · ${channel}`,
    [said.sent]: sent,
    [said.notSent]: countOf(silences.filter(({ outcome }) => outcome !== noAddress)),
    [said.noAddress]: countOf(silences.filter(({ outcome }) => outcome === noAddress)),
  }));
  return (
    <Section title={said.messages}>
      <div aria-hidden="true">
        <BarChart
          h={60 + rows.length * 36}
          data={data}
          dataKey="name"
          orientation="vertical"
          type="stacked"
          series={[
            { name: said.sent, color: 'teal.6' },
            { name: said.notSent, color: 'orange.5' },
            { name: said.noAddress, color: 'gray.3' },
          ]}
          xAxisProps={{ allowDecimals: false }}
          yAxisProps={{ width: 170 }}
          barProps={{ isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false }}
          withLegend
        />
      </div>
      <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{said.message}</Table.Th>
              <Table.Th ta="right">{said.sent}</Table.Th>
              <Table.Th>{said.reasons}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ message, channel, sent, silences }) => (
              <Table.Tr key={`${message} ${channel}`}>
                <Table.Th scope="row">
                  {message}
                  <Text size="xs" c="dimmed">
                    {channel}
                  </Text>
                </Table.Th>
                <Table.Td ta="right">{sent.toLocaleString(locale)}</Table.Td>
                <Table.Td>
                  <List size="sm" listStyleType="none">
                    {silences.map(({ outcome, count }) => (
                      <List.Item key={outcome}>
                        <strong>{count.toLocaleString(locale)}</strong> · {notSentSentence(outcome, locale)}
                      </List.Item>
                    ))}
                  </List>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

/** Mostly a channel of a list that was passed over for the next one: it would hide the silences that mean something. */
const noAddress = 'unreachable';

const countOf = (rows: Sends) => rows.reduce((total, { count }) => total + count, 0);

interface Row {
  message: string;
  channel: string;
  sent: number;
  silences: Sends;
}

function rowsOf(sends: Sends): Row[] {
  const rows = new Map<string, Row>();
  for (const one of sends) {
    const name = `${one.message} ${one.channel}`;
    const row = rows.get(name) ?? { message: one.message, channel: one.channel, sent: 0, silences: [] };
    if (one.outcome === 'sent') row.sent += one.count;
    else row.silences.push(one);
    rows.set(name, row);
  }
  return [...rows.values()];
}
