// Finding a customer by what an agent has at hand. One that is found alone is opened.
import { Anchor, Button, Group, List, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { get } from '../api/client.ts';
import { useAsked } from '../frame/address.ts';
import { Failure } from '../frame/failure.tsx';
import { plain } from '../frame/outside.ts';
import { PageTitle } from '../frame/page-title.tsx';
import { Section } from '../frame/section.tsx';
import { useWords } from '../words/words.tsx';

interface FoundCustomer {
  id: string;
  userId: string | null;
  email: string | null;
  name: string;
}

export function CustomerSearch() {
  const { search } = useWords();
  const [, setParameters] = useSearchParams();
  const asked = useAsked('q');
  const [text, setText] = useState(asked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setParameters(text.trim() === '' ? {} : { q: text.trim() });
  };
  return (
    <>
      <PageTitle title={search.title} />
      <Paper component="search" withBorder p="md">
        <form onSubmit={submit}>
          <Group align="end">
            <TextInput
              style={{ flex: '1 1 16rem' }}
              label={search.label}
              description={search.hint}
              placeholder={search.placeholder}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              maxLength={256}
              type="search"
            />
            <Button type="submit">{search.submit}</Button>
          </Group>
        </form>
      </Paper>
      {asked === '' ? <LateCustomers /> : <FoundCustomers asked={asked} />}
    </>
  );
}

function FoundCustomers({ asked }: { asked: string }) {
  const { search, loading } = useWords();
  const found = useQuery({
    queryKey: ['customers', asked],
    queryFn: () => get<{ customers: FoundCustomer[] }>(`/customers?q=${encodeURIComponent(asked)}`),
  });
  if (found.isError) return <Failure error={found.error} onAgain={() => void found.refetch()} />;
  if (!found.data) return <Text role="status">{loading}</Text>;
  const { customers } = found.data;
  if (customers.length === 0) return <Text role="status">{search.nobody(asked)}</Text>;
  return (
    <Stack gap="xs">
      <Text role="status">{search.found(customers.length)}</Text>
      <Listed customers={customers} />
    </Stack>
  );
}

/** Whom one may look at without having anything at hand. */
function LateCustomers() {
  const { search } = useWords();
  const late = useQuery({
    queryKey: ['customers'],
    queryFn: () => get<{ customers: FoundCustomer[] }>('/customers'),
    refetchInterval: 10_000,
  });
  if (!late.data) return null;
  const { customers } = late.data;
  if (customers.length === 0) return <Text size="sm">{search.nobodyYet}</Text>;
  return (
    <Section title={search.lately}>
      <Listed customers={customers} />
    </Section>
  );
}

function Listed({ customers }: { customers: FoundCustomer[] }) {
  const { search, customer: words } = useWords();
  return (
    <List listStyleType="none" spacing="xs">
      {customers.map(({ id, userId, email, name }) => (
        <List.Item key={id}>
          <Anchor component={Link} href={`/customers/${encodeURIComponent(id)}`} dir="auto">
            {plain((name && words.called(name)) || (email ?? userId ?? search.visitor))}
          </Anchor>
          <Text size="xs" c="dimmed">
            {plain([name ? email : null, userId, id].filter(Boolean).join(' · '))}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
