// One enrollment: how it stands, what comes next and when, its journey's map with the place, and what can be done.
import { Anchor, Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { exitSentence } from '../../../engine/core/sentences.ts';
import { Acting } from '../acting/act.tsx';
import { useCan } from '../api/session.ts';
import { When } from '../time/when.tsx';
import { useLanguage, useWords } from '../words/words.tsx';
import { type Enrollment, keyOf, useEnrollment } from './customer.ts';
import { NextUp } from './next-up.tsx';

const MapPicture = lazy(() => import('../maps/map-picture.tsx'));

interface CardProps {
  enrollment: Enrollment;
  page: string;
  /** Its map is shown at once; those of the others when they are asked for. */
  isFirst: boolean;
}

export function EnrollmentCard({ enrollment, page, isFirst }: CardProps) {
  const { enrollment: words } = useWords();
  const { id, status, heldOut, pausedAt, needsAttention } = enrollment;
  const isOpen = status === 'active';
  const [isDrawn, setDrawn] = useState(isOpen && isFirst);
  return (
    <Card component="article" withBorder padding="sm" aria-label={nameOf(enrollment)}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Title enrollment={enrollment} />
            <Badge color={isOpen ? 'teal' : 'gray'} variant={isOpen ? 'filled' : 'light'} tt="none">
              {words.statuses[status] ?? status}
            </Badge>
            {pausedAt && <Mark colour="yellow" text={words.paused} />}
            {needsAttention && <Mark colour="red" text={words.attention} />}
            {heldOut && <Mark colour="gray" text={words.heldOut} />}
          </Group>
          {isOpen && <Acts enrollment={enrollment} page={page} />}
        </Group>
        <Standing enrollment={enrollment} />
        {(isOpen || isDrawn) && <Explained id={id} page={page} name={nameOf(enrollment)} isDrawn={isDrawn} />}
        <Group>
          <Button size="compact-xs" variant="subtle" aria-expanded={isDrawn} onClick={() => setDrawn(!isDrawn)}>
            {isDrawn ? words.hideMap : words.showMap}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function Title({ enrollment }: { enrollment: Enrollment }) {
  const mayRead = useCan()('read_journeys');
  const name = nameOf(enrollment);
  if (!mayRead) return <Text fw={600}>{name}</Text>;
  return (
    <Anchor component={Link} href={`/journeys/${encodeURIComponent(enrollment.journey)}`} fw={600}>
      {name}
    </Anchor>
  );
}

function Standing({ enrollment }: { enrollment: Enrollment }) {
  const { locale, words } = useLanguage();
  const { key, enteredAt, endedAt, reason } = enrollment;
  const said = words.enrollment;
  return (
    <Text size="sm">
      {key !== null && `${said.about} ${key} · `}
      {said.since} <When at={enteredAt} />
      {endedAt && (
        <>
          {' · '}
          {said.until} <When at={endedAt} />
        </>
      )}
      {reason && ` · ${exitSentence(reason, locale)}`}
    </Text>
  );
}

function Mark({ colour, text }: { colour: string; text: string }) {
  return (
    <Badge color={colour} variant="light" tt="none">
      {text}
    </Badge>
  );
}

interface ExplainedProps {
  id: string;
  page: string;
  name: string;
  isDrawn: boolean;
}

function Explained({ id, page, name, isDrawn }: ExplainedProps) {
  const words = useWords();
  const view = useEnrollment(page, id);
  if (!view.data) return <Text size="sm">{words.loading}</Text>;
  const { explained, map, visited } = view.data;
  return (
    <>
      <NextUp view={view.data} />
      {isDrawn && (
        <Suspense fallback={<Text size="sm">{words.loading}</Text>}>
          <MapPicture name={name} map={map} here={explained.step} visited={visited} most={380} />
        </Suspense>
      )}
    </>
  );
}

function Acts({ enrollment, page }: { enrollment: Enrollment; page: string }) {
  const { acts } = useWords();
  const { id, pausedAt, needsAttention } = enrollment;
  const path = (verb: string) => `/enrollments/${encodeURIComponent(id)}/${verb}`;
  const common = { what: nameOf(enrollment), needs: 'act_on_enrollments', changes: keyOf(page) } as const;
  if (needsAttention)
    return (
      <Group gap="xs">
        <Acting {...common} words={acts.runOn} path={path('release')} body={{ action: 'run_on' }} />
        <Acting {...common} words={acts.eject} path={path('release')} body={{ action: 'eject' }} isDanger />
      </Group>
    );
  return (
    <Group gap="xs">
      {pausedAt ? (
        <Acting {...common} words={acts.resume} path={path('resume')} />
      ) : (
        <Acting {...common} words={acts.pause} path={path('pause')} />
      )}
      <Acting {...common} words={acts.eject} path={path('eject')} isDanger />
    </Group>
  );
}

function nameOf({ title, journey }: Enrollment): string {
  return title ?? journey;
}
