// Saying something to the customer as a person. One reply is said once, however often the button is pressed.
import { Alert, Button, Group, Stack, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useCan } from '../api/session.ts';
import { useSentence } from '../frame/failure.tsx';
import { useWords } from '../words/words.tsx';
import { type Conversation, useReply } from './conversation.ts';

export function Reply({ conversation }: { conversation: Conversation }) {
  const { inbox: words, channels } = useWords();
  const may = useCan()('act_on_customers');
  const [text, setText] = useState('');
  // Kept until the server has it, so that a repeat after a lost answer is the same reply.
  const [key, setKey] = useState(newKey);
  const reply = useReply(conversation.id);
  const sentence = useSentence(reply.error);
  if (!may) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    reply.mutate({ text, key }, { onSuccess: clear });
  };
  function clear() {
    setText('');
    setKey(newKey());
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Textarea
          label={words.replyTo(channels[conversation.channel] ?? conversation.channel)}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maxLength={4000}
          autosize
          minRows={3}
          required
        />
        {reply.isError && <Alert color="red" role="alert" title={sentence} />}
        <Group justify="flex-end">
          <Button type="submit" loading={reply.isPending}>
            {words.reply}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Not `crypto.randomUUID`: that is there under TLS and on loopback only. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
