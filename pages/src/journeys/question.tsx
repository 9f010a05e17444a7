// What customers answered to one question: how many gave each answer, and what they come to.
import { Progress, Table, Text } from '@mantine/core';
import { Section } from '../frame/section.tsx';
import { useLanguage } from '../words/words.tsx';
import type { QuestionReport } from './journey.ts';

export function Question({ question }: { question: QuestionReport }) {
  const { locale, words } = useLanguage();
  const said = words.journeys;
  const { message, answers, asked, answered, score } = question;
  const number = (value: number) => value.toLocaleString(locale);
  const percent = (value: number) => value.toLocaleString(locale, { style: 'percent', maximumFractionDigits: 1 });
  return (
    <Section title={said.question(message)}>
      <Text size="sm">{said.answered(number(answered), number(asked))}</Text>
      {score?.kind === 'nps' && (
        <Text size="sm">
          <strong>
            {said.nps(score.value.toLocaleString(locale, { maximumFractionDigits: 0, signDisplay: 'exceptZero' }))}
          </strong>{' '}
          {said.npsOf(number(score.promoters), number(score.passives), number(score.detractors))}
        </Text>
      )}
      {score?.kind === 'csat' && (
        <Text size="sm">
          <strong>{said.csat(percent(score.rate.value))}</strong>{' '}
          {said.between(percent(score.rate.low), percent(score.rate.high))}
        </Text>
      )}
      {answers.length > 0 && (
        <Table mt="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{said.answer}</Table.Th>
              <Table.Th ta="right">{said.people}</Table.Th>
              <Table.Th aria-hidden="true" w="40%" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {answers.map(({ answer, label, count }) => (
              <Table.Tr key={answer}>
                <Table.Th scope="row" fw={400}>
                  {label}
                </Table.Th>
                <Table.Td ta="right">{number(count)}</Table.Td>
                <Table.Td aria-hidden="true">
                  <Progress value={answered === 0 ? 0 : (count / answered) * 100} aria-hidden="true" />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
