// One conversation: who wants what and why, what was said, the story so far, and the reply.
import { Anchor, Group, List, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Acting } from '../acting/act.tsx';
import { Failure } from '../frame/failure.tsx';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';
import { type ConversationView, inboxKey, pathOf, useConversation, whoOf, whyOf } from './conversation.ts';
import { Reply } from './reply.tsx';
import { Said } from './said.tsx';

export function Talk({ id }: { id: string }) {
  const words = useWords();
  const view = useConversation(id);
  // What was there stays while the server is away, and with it what the agent has begun to write.
  if (!view.data) {
    if (view.isError) return <Failure error={view.error} onAgain={() => void view.refetch()} />;
    return <Text role="status">{words.loading}</Text>;
  }
  const conversation = view.data;
  return (
    <Stack gap="md">
      <About conversation={conversation} />
      <Talked conversation={conversation} />
      {conversation.status === 'open' && <Reply conversation={conversation} />}
      <Story conversation={conversation} />
    </Stack>
  );
}

function About({ conversation }: { conversation: ConversationView }) {
  const { inbox: words, channels } = useWords();
  const { id, channel, queue, note, openedAt, resolvedBy, resolvedAt, status } = conversation;
  const why = whyOf(conversation, words);
  const resolve = (
    <Acting
      words={words.resolve}
      what={note ?? why}
      path={`${pathOf(id)}/resolve`}
      needs="act_on_customers"
      changes={inboxKey}
    />
  );
  return (
    <Section title={whoOf(conversation, words)} beside={status === 'open' ? resolve : undefined}>
      <Group gap="xs" justify="space-between">
        <Text size="sm">
          {why}
          {note && ` · ${note}`}
        </Text>
        <Anchor component={Link} size="sm" href={`/customers/${encodeURIComponent(conversation.customerId)}`}>
          {words.customer}
        </Anchor>
      </Group>
      <Text size="sm" c="dimmed">
        {channels[channel] ?? channel} · {words.queue(queue)} · {words.waiting} <When at={openedAt} />
        {resolvedAt && (
          <>
            {' · '}
            {words.by(resolvedBy ?? '')} <When at={resolvedAt} />
          </>
        )}
      </Text>
    </Section>
  );
}

function Talked({ conversation }: { conversation: ConversationView }) {
  const { inbox: words } = useWords();
  const { messages } = conversation;
  return (
    <Section title={words.said}>
      {messages.length === 0 ? <Text size="sm">{words.nothingSaid}</Text> : <Said lines={messages} />}
    </Section>
  );
}

function Story({ conversation }: { conversation: ConversationView }) {
  const { inbox: words } = useWords();
  const told = conversation.story?.enrollments.flatMap((one) => one.lines) ?? [];
  const lines = told.toSorted((a, b) => a.at.localeCompare(b.at));
  if (lines.length === 0) return null;
  return (
    <Section title={words.story}>
      <List size="sm">
        {lines.map(({ at, sentence }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the record is only added to
          <List.Item key={index}>
            {at} · {sentence}
          </List.Item>
        ))}
      </List>
    </Section>
  );
}
