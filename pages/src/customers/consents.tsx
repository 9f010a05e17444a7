// What the customer allowed and took back, and where they may not be written to; both can be recorded on their word.
import { Badge, Group, Stack, Text } from '@mantine/core';
import { Acting } from '../acting/act.tsx';
import { Section } from '../frame/section.tsx';
import { When } from '../time/when.tsx';
import { useWords } from '../words/words.tsx';
import { type Customer, keyOf } from './customer.ts';

export function Consents({ customer, page }: { customer: Customer; page: string }) {
  const { customer: words } = useWords();
  const { current } = customer.consent;
  return (
    <Section title={words.consents}>
      <Stack gap="xs">
        {current.length === 0 && <Text size="sm">{words.noConsents}</Text>}
        {current.map((consent) => (
          <ConsentLine key={`${consent.channel} ${consent.purpose}`} consent={consent} page={page} />
        ))}
        <Suppressions customer={customer} page={page} />
      </Stack>
    </Section>
  );
}

function ConsentLine({ consent, page }: { consent: Customer['consent']['current'][number]; page: string }) {
  const { customer: words, acts, channels } = useWords();
  const { channel, purpose, state, at } = consent;
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <div>
        <Group gap="xs">
          <Text size="sm">
            {channels[channel] ?? channel} · {purpose}
          </Text>
          <Badge color={state === 'granted' ? 'teal' : 'gray'} variant="light" tt="none">
            {words[state]}
          </Badge>
        </Group>
        <When at={at} size="xs" />
      </div>
      {state === 'granted' && (
        <Acting
          words={acts.withdraw}
          what={`${channel} · ${purpose}`}
          path={`/customers/${encodeURIComponent(page)}/withdrawals`}
          body={{ channel, purpose }}
          needs="act_on_customers"
          changes={keyOf(page)}
        />
      )}
    </Group>
  );
}

function Suppressions({ customer, page }: { customer: Customer; page: string }) {
  const { acts } = useWords();
  const { suppressions, traits } = customer;
  const isSuppressed = suppressions.some(({ channel }) => channel === 'email');
  return (
    <>
      {suppressions.map((suppression) => (
        <Suppression key={suppression.channel} suppression={suppression} page={page} />
      ))}
      {typeof traits.email === 'string' && !isSuppressed && (
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Text size="sm">{traits.email}</Text>
          <Acting
            words={acts.suppress}
            what={traits.email}
            path={`/customers/${encodeURIComponent(page)}/suppressions`}
            body={{ channel: 'email' }}
            needs="act_on_customers"
            changes={keyOf(page)}
            isDanger
          />
        </Group>
      )}
    </>
  );
}

function Suppression({ suppression, page }: { suppression: Customer['suppressions'][number]; page: string }) {
  const { customer: words, acts, channels } = useWords();
  const { channel, address, reason, at, by } = suppression;
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <div>
        <Badge color="red" variant="light" tt="none">
          {channels[channel] ?? channel} · {words.suppressions}
        </Badge>
        <Text size="sm">
          {words.suppressed[reason] ?? reason}
          {by && ` · ${words.by(by)}`}
        </Text>
        <When at={at} size="xs" />
      </div>
      {channel === 'email' && (
        <Acting
          words={{ ...acts.lift, says: acts.lift.warns[reason] ?? acts.lift.says }}
          what={address}
          path={`/customers/${encodeURIComponent(page)}/suppression-lifts`}
          body={{ channel }}
          asks={{ field: 'because', label: acts.lift.because, most: 300 }}
          needs="act_on_customers"
          changes={keyOf(page)}
        />
      )}
    </Group>
  );
}
