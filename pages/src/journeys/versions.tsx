// Who published which version when, what people did to the journey, and what each version changed.
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';
import { type Deed, type JourneyView, type PublishedVersion, useVersions } from './journey.ts';

const Differences = lazy(() => import('./differences.tsx'));

export function Versions({ journey }: { journey: JourneyView }) {
  const { journeys: words } = useWords();
  const versions = useVersions(journey.journey).data ?? [];
  return (
    <Section title={words.versions}>
      <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {versions.map((one, index) => (
          <li key={one.number}>
            <Line journey={journey} published={one} before={versions[index + 1]?.version ?? null} />
          </li>
        ))}
      </Stack>
      <Deeds deeds={journey.actions} />
    </Section>
  );
}

function Deeds({ deeds }: { deeds: Deed[] }) {
  const { journeys: words } = useWords();
  if (deeds.length === 0) return null;
  return (
    <>
      <Text size="sm" fw={600} mt="md">
        {words.done}
      </Text>
      {deeds.map(({ action, at, by, test }) => (
        <Text key={`${at} ${action}`} size="sm">
          {test ? words.test.did(test.message, test.host) : (words.verbs[action] ?? action)}
          {test && words.test.outcomes[test.outcome] && ` (${words.test.outcomes[test.outcome]})`} · {words.by(by)} ·{' '}
          <When at={at} />
        </Text>
      ))}
    </>
  );
}

interface LineProps {
  journey: JourneyView;
  published: PublishedVersion;
  before: string | null;
}

function Line({ journey, published, before }: LineProps) {
  const { journeys: words, loading } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { version, at, by } = published;
  return (
    <>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {version === null ? words.retired : `${words.version} ${version.slice(0, 10)}`}
        </Text>
        {version !== null && version === journey.version && (
          <Badge variant="light" tt="none">
            {words.current}
          </Badge>
        )}
        <Text size="sm">
          {words.by(by)} · <When at={at} />
        </Text>
        {version !== null && before === null && (
          <Text size="sm" c="dimmed">
            {words.first}
          </Text>
        )}
        {version !== null && before !== null && (
          <Button
            size="compact-xs"
            variant="default"
            aria-expanded={isOpen}
            aria-label={`${words.changes}: ${version.slice(0, 10)}`}
            onClick={() => setOpen(!isOpen)}
          >
            {words.changes}
          </Button>
        )}
      </Group>
      {isOpen && version !== null && before !== null && (
        <Suspense fallback={<Text size="sm">{loading}</Text>}>
          <Differences journey={journey.journey} before={before} after={version} />
        </Suspense>
      )}
    </>
  );
}
