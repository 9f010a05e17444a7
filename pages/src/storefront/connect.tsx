// How the shop is connected: what to paste into its pages, what its server sends, which events are declared.
import { Button, Code, CopyButton, Group, List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import { Failure } from '../frame/failure.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { Section } from '../frame/section.tsx';
import { useWords } from '../words/words.tsx';
import { type KeyUse, UseOfKeys } from './key-use.tsx';

export interface Keys {
  browser_key: string;
  events: { name: string; from: string[] }[];
  use: KeyUse;
}

/** What came in is counted, which is not for every event anew. */
const everyMs = 5000;

export default function Connect() {
  const { connect: words, loading } = useWords();
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => get<Keys>('/keys'), refetchInterval: everyMs });
  if (!keys.data) {
    if (keys.isError) return <Failure error={keys.error} onAgain={() => void keys.refetch()} />;
    return <Text role="status">{loading}</Text>;
  }
  const { browser_key: key, events, use } = keys.data;
  const host = window.location.origin;
  return (
    <>
      <PageTitle title={words.title} live={keys.isError ? 'lost' : 'live'} />
      <Paste title={words.browser} lead={words.browserLead} text={inPages(host, key)} />
      <Paste title={words.server} lead={words.serverLead} text={fromServer(host)} />
      <Paste title={words.segment} lead={words.segmentLead} text={withSegment(host)} />
      <UseOfKeys use={use} declared={events.map(({ name }) => name)} />
      <Section title={words.events}>
        <Text size="sm">{words.eventsLead}</Text>
        <List size="sm" mt="xs">
          {events.map(({ name, from }) => (
            <List.Item key={name}>
              <Code>{name}</Code>
              {from.length > 0 && ` · ${words.alsoCalled} ${from.join(', ')}`}
            </List.Item>
          ))}
        </List>
      </Section>
    </>
  );
}

function Paste({ title, lead, text }: { title: string; lead: string; text: string }) {
  const words = useWords();
  const copy = (
    <CopyButton value={text}>
      {({ copied, copy: doCopy }) => (
        <Button size="xs" variant="default" onClick={doCopy} aria-label={`${words.copy}: ${title}`}>
          {copied ? words.copied : words.copy}
        </Button>
      )}
    </CopyButton>
  );
  return (
    <Section title={title} beside={copy}>
      <Group>
        <Text size="sm">{lead}</Text>
      </Group>
      <Code block mt="xs" style={{ whiteSpace: 'pre-wrap' }}>
        {text}
      </Code>
    </Section>
  );
}

function inPages(host: string, key: string): string {
  return `<script type="module">
  import { createTabiji } from '${host}/tabiji.js';
  createTabiji({ server: '${host}', key: '${key}' }).page();
</script>`;
}

function fromServer(host: string): string {
  const call = { userId: 'hanako', event: 'Signed Up' };
  return `curl -u "$TABIJI_WRITE_KEY:" -H 'content-type: application/json' ${host}/v1/track -d '${JSON.stringify(call)}'`;
}

function withSegment(host: string): string {
  return `new Analytics({ host: '${host}', writeKey: process.env.TABIJI_WRITE_KEY })`;
}
