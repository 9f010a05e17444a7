// What happened, newest first: events, decisions in sentences, consents, and what people did. Read a page at a time.
import { Anchor, Badge, Button, Code, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useCan } from '../api/session.ts';
import { Facts, shown } from '../frame/facts.tsx';
import { Failure } from '../frame/failure.tsx';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useWords, type Words } from '../words/words.tsx';
import { type TimelineRow, useTimeline } from './customer.ts';

const colours = {
  event: 'blue',
  decision: 'teal',
  consent: 'yellow',
  suppression: 'red',
  conversation: 'grape',
} as const;

/** What journeys are called, by their names. */
export type Titles = Map<string, string>;

interface TimelineProps {
  page: string;
  /** The customer's own. */
  zone: string | undefined;
  titles: Titles;
}

export function Timeline({ page, zone, titles }: TimelineProps) {
  const words = useWords();
  const pages = useTimeline(page);
  const rows = pages.data?.pages.flatMap((one) => one.rows) ?? [];
  return (
    <Section title={words.customer.timeline}>
      {pages.isError && <Failure error={pages.error} onAgain={() => void pages.refetch()} />}
      {pages.data && rows.length === 0 && <Text size="sm">{words.customer.noTimeline}</Text>}
      <Stack component="ol" gap={6} p={0} m={0} style={{ listStyle: 'none' }}>
        {rows.map((row) => (
          <li key={row.cursor}>
            <Line row={row} zone={zone} titles={titles} />
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

function Line({ row, zone, titles }: { row: TimelineRow; zone: string | undefined; titles: Titles }) {
  const words = useWords();
  const { kind, at, detail } = row;
  const count = Number(detail.count ?? 1);
  const journey = typeof detail.journey === 'string' ? detail.journey : null;
  return (
    <div className="moment">
      <Badge color={colours[kind]} variant="light" tt="none" className="kind">
        {words.happened.kinds[kind]}
      </Badge>
      <div className="what">
        <Text size="sm" component="span" dir="auto">
          {sentenceOf(row, words)}
          {count > 1 && ` · ${words.happened.times(count)}`}
        </Text>
        {journey !== null && <JourneyLink journey={journey} title={titles.get(journey)} />}
        {typeof detail.conversation === 'string' && detail.status === 'open' && (
          <ToInbox conversation={detail.conversation} />
        )}
        <Details row={row} />
      </div>
      <span className="when">
        <When at={at} zone={zone} size="xs" />
      </span>
    </div>
  );
}

function JourneyLink({ journey, title }: { journey: string; title: string | undefined }) {
  const mayRead = useCan()('read_journeys');
  return (
    <Text size="sm" component="span">
      {' · '}
      {mayRead ? (
        <Anchor component={Link} size="sm" href={`/journeys/${encodeURIComponent(journey)}`}>
          {title ?? journey}
        </Anchor>
      ) : (
        (title ?? journey)
      )}
    </Text>
  );
}

function ToInbox({ conversation }: { conversation: string }) {
  const { nav } = useWords();
  if (!useCan()('read_messages')) return null;
  return (
    <Text size="sm" component="span">
      {' · '}
      <Anchor component={Link} size="sm" href={`/inbox?conversation=${encodeURIComponent(conversation)}`}>
        {nav.inbox}
      </Anchor>
    </Text>
  );
}

function sentenceOf({ kind, sentence, detail }: TimelineRow, { happened, customer }: Words): string {
  const text = (name: string) => String(detail[name] ?? '');
  if (kind === 'event') return happened.event(text('name'));
  const by = detail.by ? ` · ${customer.by(text('by'))}` : '';
  if (kind === 'conversation')
    return detail.status === 'open' ? happened.talk.open(text('queue')) : `${happened.talk.resolved()}${by}`;
  if (kind === 'suppression') {
    if (detail.is_lifted) return `${happened.lifted(text('channel'), text('because'))}${by}`;
    return `${happened.suppressed(text('channel'))} · ${customer.suppressed[text('reason')] ?? text('reason')}${by}`;
  }
  if (kind === 'decision') return sentence ?? '';
  const state = detail.state === 'granted' ? 'granted' : 'withdrawn';
  const { by: who } = (detail.evidence ?? {}) as { by?: unknown };
  const source = typeof who === 'string' ? customer.by(who) : (happened.sources[text('source')] ?? text('source'));
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
      <Text component="summary" size="xs" c="dimmed">
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
