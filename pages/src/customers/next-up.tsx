// What comes next if nothing else happens, and when: on the customer's clock, and on the reader's.
import { Group, List, Text } from '@mantine/core';
import { useNow } from '../time/clock.ts';
import { distanceOf, momentIn, ownZone } from '../time/when.tsx';
import { useLanguage } from '../words/words.tsx';
import type { EnrollmentView } from './customer.ts';

export function NextUp({ view }: { view: EnrollmentView }) {
  const { locale, words } = useLanguage();
  const now = useNow();
  const { explained, dueAt, zone } = view;
  if (explained.next.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {words.enrollment.next}
        {explained.step !== null && ` (${words.enrollment.at(explained.step)})`}
      </Text>
      <List size="sm">
        {explained.next.map(({ at, sentence }) => (
          <List.Item key={sentence}>
            {sentence}
            {at !== null && dueAt !== null && (
              <Group gap="md">
                <Text size="sm" fw={600}>
                  {dueAt && distanceOf(dueAt, now, locale)}
                </Text>
                <Text size="sm">
                  {words.enrollment.theirs}: <time dateTime={dueAt}>{momentIn(dueAt, locale, zone)}</time> ({zone})
                </Text>
                {zone !== ownZone && (
                  <Text size="sm" c="dimmed">
                    {words.enrollment.yours}: {momentIn(dueAt, locale)}
                  </Text>
                )}
              </Group>
            )}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
