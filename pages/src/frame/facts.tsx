// Names and what stands for them, in pairs; whatever a shop sent is shown as the text that it is.
import { Box, Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { plain } from './outside.ts';

export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <Box
      component="dl"
      m={0}
      style={{ display: 'grid', gridTemplateColumns: 'minmax(6rem, auto) 1fr', gap: '4px 12px' }}
    >
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} dir="auto">
            {typeof value === 'string' ? <Value text={plain(value)} /> : value}
          </Text>
        </Fragment>
      ))}
    </Box>
  );
}

/** The beginning of what is too long to be read at a glance; the rest where it is asked for. */
function Value({ text }: { text: string }) {
  if (text.length <= most) return text;
  return (
    <details className="long">
      <summary>{text.slice(0, most)}…</summary>
      {text.slice(most)}
    </details>
  );
}

const most = 160;

/** A value from outside on one line. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
