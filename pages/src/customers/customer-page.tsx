// One customer, as support looks at them: who they are, where they stand, what was sent, what happened. It follows live.
import { Alert, Button, Grid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useLive } from '../api/live.ts';
import { useLastPart } from '../frame/address.ts';
import { Missing } from '../frame/missing.tsx';
import { PageTitle } from '../frame/page-title.tsx';
import { Section } from '../frame/section.tsx';
import { useWords, type Words } from '../words/words.tsx';
import { Chat } from './chat.tsx';
import { Consents } from './consents.tsx';
import { type Customer, keyOf, useCustomer } from './customer.ts';
import { Deliveries } from './deliveries.tsx';
import { EnrollmentCard } from './enrollment-card.tsx';
import { Timeline } from './timeline.tsx';
import { Who } from './who.tsx';

export default function CustomerPage() {
  const id = useLastPart();
  const words = useWords();
  const view = useCustomer(id);
  const live = useLive(view.data ? `/customers/${encodeURIComponent(id)}/live` : null, keyOf(id));
  if (!view.data) {
    if (view.isError)
      return (
        <Missing
          error={view.error}
          onAgain={() => void view.refetch()}
          words={words.customer.missing}
          what={id}
          back="/customers"
        />
      );
    return <Text role="status">{words.loading}</Text>;
  }
  const customer = view.data;
  const titles = titlesOf(customer);
  return (
    <>
      <PageTitle title={nameOf(customer, words)} live={live} />
      {customer.erasedAt && <Alert color="gray" title={words.customer.erased} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Who customer={customer} />
            <Consents customer={customer} page={id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <Journeys customer={customer} page={id} />
            <Chat page={id} />
            <Deliveries deliveries={customer.deliveries} titles={titles} page={id} />
            <Timeline page={id} zone={zoneOf(customer)} titles={titles} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

/** Those of whoever has carts every day are many. */
const atFirst = 6;

function Journeys({ customer, page }: { customer: Customer; page: string }) {
  const { customer: words, older } = useWords();
  const [isAll, setAll] = useState(false);
  const { enrollments } = customer;
  const isOpen = (status: string) => status === 'active';
  const sorted = enrollments.toSorted((a, b) => Number(isOpen(b.status)) - Number(isOpen(a.status)));
  const shown = isAll ? sorted : sorted.slice(0, atFirst);
  return (
    <Section title={words.journeys}>
      {sorted.length === 0 && <Text size="sm">{words.noJourneys}</Text>}
      <Stack gap="sm">
        {shown.map((enrollment, index) => (
          <EnrollmentCard key={enrollment.id} enrollment={enrollment} page={page} isFirst={index === 0} />
        ))}
        {shown.length < sorted.length && (
          <Button variant="default" size="xs" onClick={() => setAll(true)} style={{ alignSelf: 'start' }}>
            {older} ({sorted.length - shown.length})
          </Button>
        )}
        {isAll && sorted.length >= mostEnrollments && (
          <Text size="sm" c="dimmed">
            {words.newestOnly(mostEnrollments)}
          </Text>
        )}
      </Stack>
    </Section>
  );
}

/** What the server tells of at once; the timeline has all. */
const mostEnrollments = 100;

function titlesOf({ enrollments }: Customer): Map<string, string> {
  return new Map(enrollments.flatMap(({ journey, title }) => (title === null ? [] : [[journey, title]])));
}

/** What the page is called: the name if it is known, else the address, else the shop's id. */
function nameOf({ traits, identities }: Customer, { customer: words }: Words): string {
  const said = (trait: string) => (typeof traits[trait] === 'string' ? (traits[trait] as string).trim() : '');
  const name = [said('last_name'), said('first_name')].filter(Boolean).join(' ');
  if (name !== '') return words.called(name);
  return said('email') || identities.find(({ kind }) => kind === 'user')?.value || words.visitor;
}

function zoneOf({ traits }: Customer): string | undefined {
  return typeof traits.time_zone === 'string' ? traits.time_zone : undefined;
}
