// A message as it was sent. Its markup is shown in a frame that may run nothing and load nothing.
import { Button, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../api/client.ts';
import { useCan } from '../api/session.ts';
import { Facts } from '../frame/facts.tsx';
import { Failure } from '../frame/failure.tsx';
import { useWords } from '../words/words.tsx';
import type { Delivery } from './customer.ts';

/** A mail, or the short form that the other channels share. */
export interface Sent {
  to?: string | null;
  subject?: string;
  from?: string | null;
  html?: string;
  text?: string;
  title?: string;
  body?: string;
  url?: string | null;
}

export function Mail({ delivery }: { delivery: Delivery }) {
  const [isOpen, { open, close }] = useDisclosure();
  const { delivery: words, cancel } = useWords();
  const may = useCan()('read_messages');
  return (
    <>
      <Button
        size="xs"
        variant="default"
        onClick={open}
        aria-label={`${words.read}: ${delivery.message}`}
        disabled={!may}
        title={may ? undefined : words.mayNot}
      >
        {words.read}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={words.reading(delivery.message)}
        closeButtonProps={{ 'aria-label': cancel }}
        size="xl"
      >
        {isOpen && <Body deliveryKey={delivery.key} />}
      </Modal>
    </>
  );
}

function Body({ deliveryKey }: { deliveryKey: string }) {
  const words = useWords();
  const path = deliveryKey.split('/').map(encodeURIComponent).join('/');
  const body = useQuery({ queryKey: ['message', deliveryKey], queryFn: () => get<Sent>(`/deliveries/${path}/body`) });
  if (body.isError) return <Failure error={body.error} />;
  if (!body.data) return <Text role="status">{words.loading}</Text>;
  return <SentMessage sent={body.data} />;
}

/** Also what a preview shows. */
export function SentMessage({ sent }: { sent: Sent }) {
  const { delivery: words } = useWords();
  const [as, setAs] = useState('mail');
  const { to, subject, from, html, text, title, body, url } = sent;
  const facts = [
    [words.to, to],
    [words.from, from],
    [words.subject, subject ?? title],
  ] as const;
  const plain = text ?? [body, url].filter(Boolean).join('\n');
  return (
    <Stack gap="sm">
      <Facts facts={facts.flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []))} />
      {html && (
        <SegmentedControl
          value={as}
          onChange={setAs}
          data={[
            { value: 'mail', label: words.asMail },
            { value: 'text', label: words.asText },
          ]}
        />
      )}
      {html && as === 'mail' ? (
        <>
          <iframe className="mail" sandbox="" title={subject || words.asMail} srcDoc={html} />
          <Text size="xs" c="dimmed">
            {words.noPictures}
          </Text>
        </>
      ) : (
        <Text component="pre" size="sm" style={{ whiteSpace: 'pre-wrap', fontFamily: 'inherit' }} m={0}>
          {plain}
        </Text>
      )}
    </Stack>
  );
}
