// How a journey was left before its end.
import { Table, Text } from '@mantine/core';
import { exitSentence } from '../../../engine/core/sentences.ts';
import { Section } from '../frame/section.tsx';
import { useLanguage } from '../words/words.tsx';
import type { JourneyView } from './journey.ts';

export function Exits({ exits }: { exits: JourneyView['exits'] }) {
  const { locale, words } = useLanguage();
  return (
    <Section title={words.journeys.exits}>
      {exits.length === 0 ? (
        <Text size="sm">{words.journeys.noExits}</Text>
      ) : (
        <Table>
          <Table.Tbody>
            {exits.map(({ reason, count }) => (
              <Table.Tr key={reason}>
                <Table.Th scope="row" fw={400}>
                  {exitSentence(reason, locale)}
                </Table.Th>
                <Table.Td ta="right">{count.toLocaleString(locale)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
