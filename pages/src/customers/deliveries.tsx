// The messages made for a customer: what became of each, the mail as it was sent, and what can still be done.
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { notSentSentence } from '../../../engine/core/sentences.ts';
import { Acting } from '../acting/act.tsx';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useLanguage, useWords } from '../words/words.tsx';
import { type Delivery, keyOf } from './customer.ts';
import { Mail } from './mail.tsx';
import type { Titles } from './timeline.tsx';

const colours: { [state: string]: string } = {
  accepted: 'teal',
  failed: 'red',
  unknown: 'yellow',
  held: 'yellow',
  suppressed: 'gray',
};
const first = 8;
/** What the server tells of at once; the timeline has all. */
const most = 100;

interface DeliveriesProps {
  deliveries: Delivery[];
  titles: Titles;
  page: string;
}

export function Deliveries({ deliveries, titles, page }: DeliveriesProps) {
  const words = useWords();
  const [isAll, setAll] = useState(false);
  const shown = isAll ? deliveries : deliveries.slice(0, first);
  return (
    <Section title={words.customer.deliveries}>
      {deliveries.length === 0 && <Text size="sm">{words.customer.noDeliveries}</Text>}
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {shown.map((delivery) => (
          <li key={delivery.key}>
            <DeliveryLine delivery={delivery} title={titles.get(delivery.journey) ?? delivery.journey} page={page} />
          </li>
        ))}
      </Stack>
      {shown.length < deliveries.length && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setAll(true)}>
          {words.older} ({deliveries.length - shown.length})
        </Button>
      )}
      {isAll && deliveries.length >= most && (
        <Text size="sm" c="dimmed" mt="sm">
          {words.customer.newestOnly(most)}
        </Text>
      )}
    </Section>
  );
}

function DeliveryLine({ delivery, title, page }: { delivery: Delivery; title: string; page: string }) {
  const { locale, words } = useLanguage();
  const { message, channel, state, reason, sentAt, createdAt, retryAt } = delivery;
  return (
    <Group justify="space-between" align="start" gap="xs">
      <div style={{ flex: '1 1 14rem' }}>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {message}
          </Text>
          <Badge color={colours[state] ?? 'blue'} variant="light" tt="none">
            {words.delivery.states[state] ?? state}
          </Badge>
          <When at={sentAt ?? createdAt} />
        </Group>
        <Text size="sm" c="dimmed">
          {words.channels[channel] ?? channel} · {title}
        </Text>
        {reason && (
          <Text size="sm">
            {words.delivery[state === 'unknown' ? 'notAgain' : 'because'](notSentSentence(reason, locale))}
          </Text>
        )}
        {retryAt && (state === 'queued' || state === 'held') && (
          <Text size="sm">
            {words.delivery.again}: <When at={retryAt} dimmed={false} />
          </Text>
        )}
      </div>
      <Group gap="xs">
        <Acts delivery={delivery} page={page} />
        {state !== 'suppressed' && <Mail delivery={delivery} />}
      </Group>
    </Group>
  );
}

function Acts({ delivery, page }: { delivery: Delivery; page: string }) {
  const { acts } = useWords();
  const path = (verb: string) => `/deliveries/${delivery.key.split('/').map(encodeURIComponent).join('/')}/${verb}`;
  const common = { what: delivery.message, needs: 'act_on_enrollments', changes: keyOf(page) } as const;
  if (delivery.state === 'queued' || delivery.state === 'held')
    return <Acting {...common} words={acts.cancel} path={path('cancel')} />;
  if (delivery.state !== 'unknown') return null;
  return (
    <>
      <Acting {...common} words={acts.wasSent} path={path('resolve')} body={{ as: 'accepted' }} />
      <Acting {...common} words={acts.wasNotSent} path={path('resolve')} body={{ as: 'failed' }} />
      <Acting {...common} words={acts.resend} path={path('resend')} />
    </>
  );
}
