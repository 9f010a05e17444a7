// A message as a real customer would get it now. Nothing is sent to them; who looks may send it to themselves.
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { post } from '../api/client.ts';
import { type Sent, SentMessage } from '../customers/mail.tsx';
import { Failure } from '../frame/failure.tsx';
import { Section } from '../frame/section.tsx';
import { useWords } from '../words/words.tsx';
import { type JourneyView, pathOf } from './journey.ts';
import { type Shown, TestSend } from './test-send.tsx';

type Previewed = Sent & { filled_from: string; shown: Shown };

export function Preview({ journey }: { journey: JourneyView }) {
  const { journeys: words } = useWords();
  const choices = journey.messages.flatMap(({ name, channels }) =>
    channels.map(({ channel, locales }) => ({ name, channel, locales: locales.filter((locale) => locale !== '') })),
  );
  const [index, setIndex] = useState(0);
  const [locale, setLocale] = useState('');
  const [customer, setCustomer] = useState('');
  const chosen = choices[index];
  const preview = useMutation({
    mutationFn: async (): Promise<Previewed> => {
      const { name: message, channel } = chosen!;
      const shown: Shown = { message, channel, customer, locale: locale || null };
      return { ...(await post<Omit<Previewed, 'shown'>>(`${pathOf(journey.journey)}/preview`, shown)), shown };
    },
  });
  if (!chosen) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    preview.mutate();
  };
  return (
    <Section title={words.preview}>
      <Stack>
        <form onSubmit={submit}>
          <Group align="end">
            <NativeSelect
              label={words.message}
              value={index}
              onChange={(event) => setIndex(Number(event.currentTarget.value))}
              data={choices.map(({ name, channel }, value) => ({
                value: String(value),
                label: `${name} · ${channel}`,
              }))}
            />
            <NativeSelect
              label={words.locale}
              value={locale}
              onChange={(event) => setLocale(event.currentTarget.value)}
              data={[{ value: '', label: words.theirs }, ...chosen.locales.map((value) => ({ value, label: value }))]}
            />
            <TextInput
              label={words.previewWhose}
              description={words.previewWhoseWhy}
              value={customer}
              onChange={(event) => setCustomer(event.currentTarget.value)}
              required
              style={{ flex: '1 1 14rem' }}
            />
            <Button type="submit" loading={preview.isPending}>
              {words.show}
            </Button>
          </Group>
        </form>
        {preview.isError && <Failure error={preview.error} />}
        {preview.data && (
          <>
            <Text size="sm" role="status">
              {words.filled[preview.data.filled_from]}
            </Text>
            <TestSend journey={journey.journey} shown={preview.data.shown} />
            <SentMessage sent={preview.data} />
          </>
        )}
      </Stack>
    </Section>
  );
}
