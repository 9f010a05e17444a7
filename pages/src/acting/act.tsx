// Something that a person does: a button that asks first and says what it will do. Who may not do it sees why.
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/client.ts';
import { type Capability, useCan } from '../api/session.ts';
import { useSentence } from '../frame/failure.tsx';
import { useWords } from '../words/words.tsx';

export interface Act {
  words: { label: string; title: string; says: string };
  path: string;
  body?: object;
  needs: Capability;
  /** What shows it, to be fetched again. */
  changes: QueryKey;
  /** What it is done to, so that several buttons of one name can be told apart. */
  what: string;
  isDanger?: boolean;
  /** What has to be said with it: the field of the body, and its name for people. */
  asks?: { field: string; label: string; most: number };
}

export function Acting({ words, path, body = {}, needs, changes, what, isDanger = false, asks }: Act) {
  const [isOpen, { open, close }] = useDisclosure();
  const { cancel } = useWords();
  const queries = useQueryClient();
  const may = useCan()(needs);
  const [said, setSaid] = useState('');
  const doing = useMutation({
    mutationFn: () => post(path, asks ? { ...body, [asks.field]: said } : body),
    onSuccess: close,
    onSettled: () => queries.invalidateQueries({ queryKey: changes }),
  });
  const sentence = useSentence(doing.error);
  if (!may) return null;
  const ask = () => {
    doing.reset();
    setSaid('');
    open();
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        onClick={ask}
        aria-label={`${words.label}: ${what}`}
        style={{ flexShrink: 0 }}
      >
        {words.label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={words.title} closeButtonProps={{ 'aria-label': cancel }} centered>
        <Stack>
          <Text fw={600}>{what}</Text>
          <Text size="sm">{words.says}</Text>
          {asks && (
            <Textarea
              label={asks.label}
              value={said}
              onChange={(event) => setSaid(event.currentTarget.value)}
              maxLength={asks.most}
              autosize
              required
              data-autofocus
            />
          )}
          {doing.isError && <Alert color="red" role="alert" title={sentence} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus={!asks || undefined}>
              {cancel}
            </Button>
            <Button
              {...(isDanger && { color: 'red' })}
              loading={doing.isPending}
              disabled={asks !== undefined && said.trim() === ''}
              onClick={() => doing.mutate()}
            >
              {words.label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
