// The text of two versions side by side in one column: what went, what came, and a little of what stayed.
import { Stack, Text } from '@mantine/core';
import { diffLines } from 'diff';
import { Fragment } from 'react';
import { useWords } from '../words/words.tsx';
import { useVersionText } from './journey.ts';

interface DifferencesProps {
  journey: string;
  before: string;
  after: string;
}

export default function Differences({ journey, before, after }: DifferencesProps) {
  const { journeys: words, loading } = useWords();
  const old = useVersionText(journey, before);
  const now = useVersionText(journey, after);
  if (!old.data || !now.data) return <Text size="sm">{loading}</Text>;
  const texts = new Map<string, [string, string]>();
  for (const { path, text } of old.data.files) texts.set(path, [text, '']);
  for (const { path, text } of now.data.files) texts.set(path, [texts.get(path)?.[0] ?? '', text]);
  const changed = [...texts].filter(([, [one, other]]) => one !== other);
  if (changed.length === 0) return <Text size="sm">{words.noChanges}</Text>;
  return (
    <Stack gap="xs" mt="xs">
      {changed.map(([path, [one, other]]) => (
        <FileDifference key={path} path={path} before={one} after={other} />
      ))}
    </Stack>
  );
}

/** Lines of what stayed that are shown around what changed. */
const around = 3;

function FileDifference({ path, before, after }: { path: string; before: string; after: string }) {
  const { journeys: words } = useWords();
  const parts = diffLines(before, after);
  return (
    <figure style={{ margin: 0 }}>
      <Text component="figcaption" size="sm" fw={600}>
        {path}
      </Text>
      <pre className="difference">
        {parts.map((part, index) => {
          const lines = part.value.replace(/\n$/, '').split('\n');
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name, and do not move
          if (part.added) return <ins key={index}>{marked(lines, '+ ')}</ins>;
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          if (part.removed) return <del key={index}>{marked(lines, '- ')}</del>;
          const isShort = lines.length <= 2 * around;
          const [head, tail] = [index === 0 ? [] : lines.slice(0, around), lines.slice(-around)];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <Fragment key={index}>
              {isShort ? (
                marked(lines, '  ')
              ) : (
                <>
                  {marked(head, '  ')}
                  <em>{`  … ${words.unchanged(lines.length - head.length - tail.length)} …\n`}</em>
                  {marked(index === parts.length - 1 ? [] : tail, '  ')}
                </>
              )}
            </Fragment>
          );
        })}
      </pre>
    </figure>
  );
}

function marked(lines: string[], mark: string): string {
  return lines.map((line) => `${mark}${line}\n`).join('');
}
