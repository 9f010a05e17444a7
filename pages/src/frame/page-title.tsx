// The head of a page: its name, for the window too, and whether what it shows is live.
import { Alert, Badge, Group, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import type { Liveness } from '../api/live.ts';
import { useWords } from '../words/words.tsx';
import { plain } from './outside.ts';

const colours: { [state in Liveness]: string } = { live: 'teal', connecting: 'gray', lost: 'red' };

export function PageTitle({ title, live, children }: { title: string; live?: Liveness; children?: ReactNode }) {
  const words = useWords();
  useEffect(() => {
    document.title = `${plain(title)} · Tabiji`;
  }, [title]);
  return (
    <>
      <Group justify="space-between" align="center">
        <Title order={1} size="h2" dir="auto" lineClamp={3} style={{ flex: '1 1 12rem' }}>
          {plain(title)}
        </Title>
        {live && (
          <Badge color={colours[live]} variant={live === 'connecting' ? 'outline' : 'filled'} role="status" tt="none">
            {words.live[live]}
          </Badge>
        )}
        {children}
      </Group>
      {live === 'lost' && <Alert color="red" role="alert" title={words.live.lostLong} />}
    </>
  );
}
