// One conversation: who wants what and why, what was said, the story so far, and the reply.
import { Anchor, Group, List, Paper, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Acting } from '../acting/act.tsx';
import { Failure } from '../frame/failure.tsx';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';
import { type ConversationView, inboxKey, pathOf, useConversation } from './conversation.ts';
import { Reply } from './reply.tsx';

export function Talk({ id }: { id: string }) {
  const words = useWords();
  const view = useConversation(id);
  if (view.isError) return <Failure error={view.error} onAgain={() => void view.refetch()} />;
  if (!view.data) return <Text role="status">{words.loading}</Text>;
  const conversation = view.data;
  return (
    <Stack gap="md">
      <About conversation={conversation} />
      <Said conversation={conversation} />
      {conversation.status === 'open' && <Reply conversation={conversation} />}
      <Story conversation={conversation} />
    </Stack>
  );
}

function About({ conversation }: { conversation: ConversationView }) {
  const { inbox: words } = useWords();
  const { id, customerId, journey, note, openedAt, resolvedBy, resolvedAt, status } = conversation;
  const resolve = (
    <Acting
      words={words.resolve}
      what={note ?? journey ?? words.asked}
      path={`${pathOf(id)}/resolve`}
      needs="act_on_customers"
      changes={inboxKey}
    />
  );
  return (
    <Section title={journey ? words.handedOver(journey) : words.asked} beside={status === 'open' ? resolve : undefined}>
      {note && <Text size="sm">{note}</Text>}
      <Text size="sm">
        {words.waiting} <When at={openedAt} />
        {resolvedAt && (
          <>
            {' · '}
            {words.by(resolvedBy ?? '')} <When at={resolvedAt} />
          </>
        )}
      </Text>
      <Anchor component={Link} size="sm" href={`/customers/${encodeURIComponent(customerId)}`}>
        {words.customer}
      </Anchor>
    </Section>
  );
}

function Said({ conversation }: { conversation: ConversationView }) {
  const { inbox: words } = useWords();
  const { messages } = conversation;
  return (
    <Section title={words.said}>
      {messages.length === 0 && <Text size="sm">{words.nothingSaid}</Text>}
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-live="polite">
        {messages.map(({ id, from, content, at, code }) => (
          <Group key={id} component="li" justify={from === 'customer' ? 'flex-start' : 'flex-end'}>
            <Paper withBorder p="xs" maw="80%" {...(from !== 'customer' && { bg: 'var(--mantine-color-teal-light)' })}>
              <Text size="xs" fw={600}>
                {words.who[from] ?? from} <When at={at} />
              </Text>
              <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
                {content.text ?? ''}
              </Text>
              {code && (
                <Text size="xs" c="red">
                  {words.notSent} ({code})
                </Text>
              )}
            </Paper>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}

function Story({ conversation }: { conversation: ConversationView }) {
  const { inbox: words } = useWords();
  const lines = conversation.story?.enrollments.flatMap((one) => one.lines) ?? [];
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
