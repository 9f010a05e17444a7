// What came in with each key of late: which events, values of the wrong type, what was set aside and what was refused.
import { Alert, Anchor, Code, ScrollArea, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { refusalIn } from '../words/refusals.ts';
import { useLanguage } from '../words/words.tsx';

interface Counted {
  count: number;
  lastAt: string;
}

export interface KeyUse {
  since: string;
  isWhole: boolean;
  events: (Counted & { sender: string; name: string })[];
  wrongTypes: (Counted & { name: string; path: string; declared: string })[];
  setAside: (Counted & { sender: string; problem: string })[];
  refused: { since: string; calls: (Counted & { key: string | null; code: string })[] };
  browserRate: { perSecond: number; left: number };
}

export function UseOfKeys({ use, declared }: { use: KeyUse; declared: string[] }) {
  const { locale, words } = useLanguage();
  const said = words.use;
  const number = (value: number) => value.toLocaleString(locale);
  const who = (sender: string | null) => said.senders[sender ?? 'nobody'] ?? sender;
  const { events, wrongTypes, setAside, refused, browserRate } = use;
  return (
    <>
      <Section title={said.title}>
        <Text size="sm">
          {said.since} <When at={use.since} dimmed={false} />
          {!use.isWhole && ` · ${said.notWhole}`}
        </Text>
        <Text size="sm">{said.rate(number(browserRate.left), number(browserRate.perSecond))}</Text>
        <Counts
          label={said.events}
          heads={[said.key, said.event]}
          nothing={said.noEvents}
          rows={events.map((row) => ({
            cells: [who(row.sender), <Named key="name" name={row.name} isKnown={declared.includes(row.name)} />],
            ...row,
          }))}
        />
      </Section>
      <Section title={said.troubles}>
        {wrongTypes.length + setAside.length + refused.calls.length === 0 && (
          <Text size="sm" role="status">
            {said.noTroubles}
          </Text>
        )}
        {wrongTypes.length > 0 && (
          <Counts
            label={said.wrongTypes}
            heads={[said.event, said.value]}
            rows={wrongTypes.map((row) => ({
              cells: [<Code key="name">{row.name}</Code>, words.tail.flag(row.path, row.declared)],
              ...row,
            }))}
          />
        )}
        {setAside.length > 0 && (
          <>
            <Counts
              label={said.setAside}
              heads={[said.key, said.problem]}
              rows={setAside.map((row) => ({ cells: [who(row.sender), refusalIn(locale, row.problem)], ...row }))}
            />
            <Anchor component={Link} size="sm" href="/quarantine">
              {said.toQuarantine}
            </Anchor>
          </>
        )}
        {refused.calls.length > 0 && (
          <>
            <Counts
              label={said.refused}
              heads={[said.key, said.reason]}
              rows={refused.calls.map((row) => ({ cells: [who(row.key), said.reasons[row.code] ?? row.code], ...row }))}
            />
            <Text size="sm" c="dimmed">
              {said.refusedSince} <When at={refused.since} />
            </Text>
          </>
        )}
      </Section>
    </>
  );
}

/** An event that nobody declared is kept, but no journey can listen to it: more often a slip than a wish. */
function Named({ name, isKnown }: { name: string; isKnown: boolean }) {
  const { use: said } = useLanguage().words;
  return (
    <>
      <Code>{name}</Code>
      {!isKnown && !ownNames.includes(name) && (
        <Text component="span" size="sm" c="dimmed">
          {' '}
          {said.undeclared}
        </Text>
      )}
    </>
  );
}

/** Of calls that need no declaration. */
const ownNames = ['identify', 'alias'];

interface Row extends Counted {
  cells: [ReactNode, ReactNode];
}

function Counts(props: { label: string; heads: [string, string]; rows: Row[]; nothing?: string }) {
  const { locale, words } = useLanguage();
  const { label, heads, rows, nothing } = props;
  if (rows.length === 0) return <Alert color="gray" mt="xs" p="xs" title={nothing} />;
  return (
    <ScrollArea type="auto" mt="xs">
      <Table captionSide="top" aria-label={label}>
        <Table.Caption ta="left" mt={0}>
          {label}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
            <Table.Th ta="right">{words.use.count}</Table.Th>
            <Table.Th ta="right">{words.use.last}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ cells, count, lastAt }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no state
            <Table.Tr key={index}>
              <Table.Td>{cells[0]}</Table.Td>
              <Table.Td>{cells[1]}</Table.Td>
              <Table.Td ta="right">{count.toLocaleString(locale)}</Table.Td>
              <Table.Td ta="right">
                <When at={lastAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
