// One journey as it runs: in short, its map with who stands where, its messages, how it ends, what it achieves, its versions.
import { Group, NativeSelect, SimpleGrid, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Acting } from '../acting/act.tsx';
import { useLive } from '../api/live.ts';
import { useCan } from '../api/session.ts';
import { useLastPart } from '../frame/address.ts';
import { Missing } from '../frame/missing.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';
import { Exits } from './exits.tsx';
import { InShort } from './in-short.tsx';
import { type JourneyView, keyOf, pathOf, useJourney } from './journey.ts';
import { StatusBadge } from './journey-list.tsx';
import { Measured } from './measured.tsx';
import { Messages } from './messages.tsx';
import { Preview } from './preview.tsx';
import { Question } from './question.tsx';
import { Versions } from './versions.tsx';

const MapPicture = lazy(() => import('../maps/map-picture.tsx'));

export default function JourneyPage() {
  const name = useLastPart();
  const words = useWords();
  const [days, setDays] = useState('30');
  const may = useCan();
  const view = useJourney(name, days);
  const live = useLive(view.data ? `${pathOf(name)}/live` : null, keyOf(name));
  if (!view.data) {
    if (view.isError)
      return (
        <Missing
          error={view.error}
          onAgain={() => void view.refetch()}
          words={words.journeys.missing}
          what={name}
          back="/journeys"
        />
      );
    return <Text role="status">{words.loading}</Text>;
  }
  const journey = view.data;
  return (
    <>
      <PageTitle title={journey.title ?? journey.journey} live={live}>
        <Acts journey={journey} />
      </PageTitle>
      <Head journey={journey} />
      <NativeSelect
        label={words.journeys.window}
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
        data={(['7', '30', '90', ''] as const).map((value) => ({ value, label: words.journeys.windows[value] }))}
        maw={260}
      />
      <InShort journey={journey} />
      <Section title={words.journeys.map}>
        <Suspense fallback={<Text size="sm">{words.loading}</Text>}>
          <MapPicture name={journey.title ?? name} map={journey.map} waiting={journey.standing} />
        </Suspense>
      </Section>
      <Messages sends={journey.sends} />
      {journey.questions.map((question) => (
        <Question key={question.message} question={question} />
      ))}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Exits exits={journey.exits} />
        <Measured measure={journey.measure} />
      </SimpleGrid>
      {may('preview_messages') && journey.version !== null && <Preview journey={journey} />}
      <Versions journey={journey} />
    </>
  );
}

function Head({ journey }: { journey: JourneyView }) {
  const { journeys: words } = useWords();
  const { journey: name, title, description, stage, status, statusSince, statusBy, version } = journey;
  return (
    <div>
      <Group gap="xs">
        <StatusBadge status={status} isRetired={version === null} />
        {statusSince && (
          <Text size="sm">
            {words.since} <When at={statusSince} /> {statusBy && words.by(statusBy)}
          </Text>
        )}
        {title !== null && (
          <Text size="sm" c="dimmed">
            {name}
          </Text>
        )}
        {stage && (
          <Text size="sm" c="dimmed">
            {words.stages[stage] ?? stage}
          </Text>
        )}
      </Group>
      {description && <Text size="sm">{description}</Text>}
    </div>
  );
}

function Acts({ journey }: { journey: JourneyView }) {
  const { journeys: words } = useWords();
  const { status } = journey;
  const common = {
    what: journey.title ?? journey.journey,
    needs: 'act_on_journeys',
    changes: keyOf(journey.journey),
  } as const;
  const path = (verb: string) => `${pathOf(journey.journey)}/${verb}`;
  return (
    <Group gap="xs">
      {status === 'live' && <Acting {...common} words={words.acts.pause} path={path('pause')} />}
      {status !== 'live' && <Acting {...common} words={words.acts.resume} path={path('resume')} />}
      {status !== 'stopped' && <Acting {...common} words={words.acts.stop} path={path('stop')} isDanger />}
    </Group>
  );
}
