// What was said in a chat, line by line: the customer on the left, the shop on the right.
import { Group, Paper, Stack, Text } from '@mantine/core';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';

export interface SaidLine {
  id: number;
  /** `customer`, or who spoke for the shop. */
  from: string;
  /** Which agent. */
  by?: string | null;
  content: { text?: string; title?: string; body?: string; url?: string | null };
  at: string;
  /** Why it did not leave. */
  code?: string | null;
}

export function Said({ lines }: { lines: SaidLine[] }) {
  return (
    <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-live="polite">
      {lines.map((line) => (
        <Group key={line.id} component="li" justify={line.from === 'customer' ? 'flex-start' : 'flex-end'}>
          <Line line={line} />
        </Group>
      ))}
    </Stack>
  );
}

function Line({ line }: { line: SaidLine }) {
  const { inbox: words } = useWords();
  const { from, by, content, at, code } = line;
  const text = content.text ?? [content.title, content.body, content.url].filter(Boolean).join('\n');
  return (
    <Paper withBorder p="xs" maw="85%" {...(from !== 'customer' && { bg: 'var(--mantine-color-teal-light)' })}>
      <Text size="xs">
        <strong>{words.who[from] ?? from}</strong>
        {by && ` · ${words.agent(by)}`} <When at={at} size="xs" />
      </Text>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }} dir="auto">
        {text}
      </Text>
      {code && (
        <Text size="xs" c="red">
          {words.notSent} ({code})
        </Text>
      )}
    </Paper>
  );
}
