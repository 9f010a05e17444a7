// What happened, newest first: events, decisions in sentences, consents, and what people did. Read a page at a time.
import { Anchor, Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Facts, shown } from '../frame/facts.tsx';
import { Failure } from '../frame/failure.tsx';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useWords, type Words } from '../words/words.tsx';
import { type TimelineRow, useTimeline } from './customer.ts';

const colours = { event: 'blue', decision: 'teal', consent: 'yellow', suppression: 'red' } as const;

export function Timeline({ page, zone }: { page: string; zone: string | undefined }) {
  const words = useWords();
  const pages = useTimeline(page);
  const rows = pages.data?.pages.flatMap((one) => one.rows) ?? [];
  return (
    <Section title={words.customer.timeline}>
      {pages.isError && <Failure error={pages.error} onAgain={() => void pages.refetch()} />}
      {pages.data && rows.length === 0 && <Text size="sm">{words.customer.noTimeline}</Text>}
      <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {rows.map((row) => (
          <li key={row.cursor}>
            <Line row={row} zone={zone} />
          </li>
        ))}
      </Stack>
      {pages.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          size="xs"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {words.older}
        </Button>
      )}
    </Section>
  );
}

function Line({ row, zone }: { row: TimelineRow; zone: string | undefined }) {
  const words = useWords();
  const { kind, at, detail } = row;
  const count = Number(detail.count ?? 1);
  return (
    <Group gap="xs" align="start" wrap="nowrap">
      <Badge color={colours[kind]} variant="light" tt="none" miw={76} style={{ flexShrink: 0 }}>
        {words.happened.kinds[kind]}
      </Badge>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm">
          {sentenceOf(row, words)}
          {count > 1 && ` · ${words.happened.times(count)}`}
          {typeof detail.journey === 'string' && (
            <>
              {' · '}
              <Anchor component={Link} size="sm" href={`/journeys/${encodeURIComponent(detail.journey)}`}>
                {detail.journey}
              </Anchor>
            </>
          )}
        </Text>
        <When at={at} zone={zone} />
        <Details row={row} />
      </div>
    </Group>
  );
}

function sentenceOf({ kind, sentence, detail }: TimelineRow, { happened, customer }: Words): string {
  const text = (name: string) => String(detail[name] ?? '');
  if (kind === 'event') return happened.event(text('name'));
  if (kind === 'suppression') {
    const by = detail.by ? ` · ${customer.by(text('by'))}` : '';
    return `${happened.suppressed(text('channel'))} · ${customer.suppressed[text('reason')] ?? text('reason')}${by}`;
  }
  if (kind === 'decision') return sentence ?? '';
  const state = detail.state === 'granted' ? 'granted' : 'withdrawn';
  const { by } = (detail.evidence ?? {}) as { by?: unknown };
  const source = typeof by === 'string' ? customer.by(by) : (happened.sources[text('source')] ?? text('source'));
  return `${happened[state](text('channel'), text('purpose'))} · ${source}`;
}

/** What was looked at, for who wants to know more. */
function Details({ row }: { row: TimelineRow }) {
  const { happened } = useWords();
  const { kind, detail } = row;
  const facts: [string, string][] = [];
  if (kind === 'decision' && detail.needed) facts.push([happened.needed, shown(detail.needed)]);
  const looked = kind === 'event' ? detail.data : kind === 'decision' ? detail.inputs : detail.evidence;
  const isEmpty = Object.keys((looked ?? {}) as object).length === 0;
  if (facts.length === 0 && isEmpty) return null;
  return (
    <details>
      <Text component="summary" size="sm" c="dimmed">
        {happened.details}
      </Text>
      <Facts facts={facts} />
      {!isEmpty && (
        <Code block style={{ whiteSpace: 'pre-wrap' }}>
          {JSON.stringify(looked, null, 2)}
        </Code>
      )}
    </details>
  );
}
