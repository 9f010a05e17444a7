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
  const { customer: words, acts } = useWords();
  const { channel, purpose, state, at } = consent;
  return (
    <Group justify="space-between" gap="xs">
      <div>
        <Group gap="xs">
          <Text size="sm">
            {channel} · {purpose}
          </Text>
          <Badge color={state === 'granted' ? 'teal' : 'gray'} variant="light" tt="none">
            {words[state]}
          </Badge>
        </Group>
        <When at={at} />
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
  const { customer: words, acts } = useWords();
  const { suppressions, traits } = customer;
  const isSuppressed = suppressions.some(({ channel }) => channel === 'email');
  return (
    <>
      {suppressions.map(({ channel, reason, at, by }) => (
        <Group key={channel} gap="xs">
          <Badge color="red" variant="light" tt="none">
            {channel}
          </Badge>
          <Text size="sm">
            {words.suppressions}: {words.suppressed[reason] ?? reason}
            {by && ` · ${words.by(by)}`}
          </Text>
          <When at={at} />
        </Group>
      ))}
      {typeof traits.email === 'string' && !isSuppressed && (
        <Group justify="space-between" gap="xs">
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
