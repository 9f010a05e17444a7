// What a journey achieves: who got messages against who was held out, and how sure one can be of the difference.
import { Table, Text } from '@mantine/core';
import { Section } from '../frame/section.tsx';
import { useLanguage } from '../words/words.tsx';
import type { JourneyView } from './journey.ts';

export function Measured({ measure }: { measure: JourneyView['measure'] }) {
  const { locale, words } = useLanguage();
  const said = words.journeys;
  const { lift, treated, heldOut } = measure;
  const percent = (value: number) =>
    value.toLocaleString(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const points = (value: number) =>
    (value * 100).toLocaleString(locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  return (
    <Section title={said.measure}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{said.group}</Table.Th>
            <Table.Th ta="right">{said.people}</Table.Th>
            <Table.Th ta="right">{said.rate}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(
            [
              [said.treated, treated],
              [said.heldOut, heldOut],
            ] as const
          ).map(([name, { entered, goals, rate }]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                {name}
              </Table.Th>
              <Table.Td ta="right">{entered.toLocaleString(locale)}</Table.Td>
              <Table.Td ta="right">
                {goals.toLocaleString(locale)}
                {rate && ` (${percent(rate.value)})`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {lift ? (
        <Text size="sm" mt="sm">
          {said.lift(points(lift.value), points(lift.low), points(lift.high))}{' '}
          {lift.low <= 0 && lift.high >= 0 ? said.unsure : said.sure}
        </Text>
      ) : (
        <Text size="sm" mt="sm">
          {said.noHoldout}
        </Text>
      )}
    </Section>
  );
}
