// Sending the message that is shown to oneself. It asks for the address, and says what the mail is and is not.
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { post } from '../api/client.ts';
import { useCan } from '../api/session.ts';
import { useSentence } from '../frame/failure.tsx';
import { useWords } from '../words/words.tsx';
import { keyOf, pathOf } from './journey.ts';

/** What the preview was made of. */
export interface Shown {
  message: string;
  channel: string;
  customer: string;
  locale: string | null;
}

export function TestSend({ journey, shown }: { journey: string; shown: Shown }) {
  const [isOpen, { open, close }] = useDisclosure();
  const { cancel, journeys } = useWords();
  const words = journeys.test;
  const may = useCan()('send_tests');
  if (!may) return null;
  if (shown.channel !== 'email')
    return (
      <Text size="sm" c="dimmed">
        {words.mailOnly}
      </Text>
    );
  return (
    <>
      <Group>
        <Button size="xs" variant="default" onClick={open}>
          {words.label}
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={close} title={words.title} closeButtonProps={{ 'aria-label': cancel }} centered>
        {isOpen && <Form journey={journey} shown={shown} onClose={close} />}
      </Modal>
    </>
  );
}

function Form({ journey, shown, onClose }: { journey: string; shown: Shown; onClose: () => void }) {
  const { cancel, journeys, done } = useWords();
  const words = journeys.test;
  const [to, setTo] = useState('');
  const queries = useQueryClient();
  const sending = useMutation({
    mutationFn: () => post<{ status: 'sent' | 'unknown' }>(`${pathOf(journey)}/test-sends`, { ...shown, to }),
    onSettled: () => queries.invalidateQueries({ queryKey: keyOf(journey) }),
  });
  const sentence = useSentence(sending.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sending.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text fw={600}>{shown.message}</Text>
        <Text size="sm">{words.says}</Text>
        <TextInput
          type="email"
          label={words.to}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          maxLength={254}
          autoComplete="email"
          required
          data-autofocus
        />
        {sending.isError && <Alert color="red" role="alert" title={sentence} />}
        {sending.data && (
          <Alert color={sending.data.status === 'sent' ? 'teal' : 'yellow'} role="status">
            {words[sending.data.status]}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {sending.isSuccess ? done : cancel}
          </Button>
          <Button type="submit" loading={sending.isPending}>
            {words.send}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
