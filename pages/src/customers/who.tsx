// Who the customer is: their ids, what is known of them, what time it is where they are.
import { Stack, Text } from '@mantine/core';
import { useShop } from '../api/session.ts';
import { Facts, shown } from '../frame/facts.tsx';
import { Section } from '../frame/section.tsx';
import { useNow } from '../time/clock.ts';
import { momentIn, When } from '../time/when.tsx';
import { useLanguage } from '../words/words.tsx';
import type { Customer } from './customer.ts';

export function Who({ customer }: { customer: Customer }) {
  const { locale, words } = useLanguage();
  const shop = useShop();
  const now = useNow();
  const { traits, identities, createdAt, id } = customer;
  const zone = typeof traits.time_zone === 'string' ? traits.time_zone : (shop.data?.time_zone ?? 'UTC');
  const ids = identities.map(({ kind, value }): [string, string] => [words.customer.ids[kind] ?? kind, value]);
  return (
    <Section title={words.customer.who}>
      <Stack gap="sm">
        <Facts
          facts={[
            ...grouped(ids),
            ['ID', id],
            [words.customer.since, <When key="since" at={createdAt} dimmed={false} />],
            [words.customer.theirTime, `${momentIn(now, locale, zone)} (${zone})`],
          ]}
        />
        <Text size="sm" fw={600}>
          {words.customer.traits}
        </Text>
        <Facts
          facts={Object.entries(traits).map(([name, value]) => [words.customer.known[name] ?? name, shown(value)])}
        />
      </Stack>
    </Section>
  );
}

/** One line for each kind of id; a browser that was cleared has many. */
function grouped(ids: [string, string][]): [string, string][] {
  const lines = new Map<string, string[]>();
  for (const [kind, value] of ids) lines.set(kind, [...(lines.get(kind) ?? []), value]);
  return [...lines].map(([kind, values]) => [kind, values.slice(0, 5).join(', ') + (values.length > 5 ? ', …' : '')]);
}
