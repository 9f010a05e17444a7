// What stands around every page: the way to the others, the shop, who is signed in.
import { AppShell, Badge, Burger, Group, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { Capability, Session, Shop } from '../api/session.ts';
import { useWords, type Words } from '../words/words.tsx';
import { Preferences } from './preferences.tsx';

/** The pages, and what one has to be able to do to find them of use. */
export const pages: { path: string; name: keyof Words['nav']; needs: Capability }[] = [
  { path: '/customers', name: 'customers', needs: 'read_customers' },
  { path: '/inbox', name: 'inbox', needs: 'read_messages' },
  { path: '/journeys', name: 'journeys', needs: 'read_journeys' },
  { path: '/events', name: 'events', needs: 'mend_events' },
  { path: '/quarantine', name: 'quarantine', needs: 'mend_events' },
  { path: '/keys', name: 'keys', needs: 'mend_events' },
];

export function Frame({ shop, session, children }: { shop: Shop; session: Session; children: ReactNode }) {
  const [isOpen, { toggle, close }] = useDisclosure();
  const words = useWords();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a className="skip" href="#content">
        {words.skip}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={words.menu}
            aria-expanded={isOpen}
          />
          <Text fw={700} c="teal">
            Tabiji
          </Text>
          <Text size="sm" c="dimmed" truncate>
            {shop.brand}
          </Text>
          {shop.speed !== undefined && (
            <Badge variant="default" tt="none" title={words.ownTimeWhy}>
              {words.ownTime}
            </Badge>
          )}
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={words.menu}>
        <AppShell.Section grow>
          <Ways session={session} onGo={close} />
        </AppShell.Section>
        <Preferences session={session} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Stack gap="md" maw={1200} mx="auto">
          {children}
        </Stack>
      </AppShell.Main>
    </AppShell>
  );
}

function Ways({ session, onGo }: { session: Session; onGo: () => void }) {
  const [location] = useLocation();
  const { nav } = useWords();
  return pages
    .filter(({ needs }) => session.can.includes(needs))
    .map(({ path, name }) => {
      const isHere = location === path || location.startsWith(`${path}/`);
      return (
        <NavLink
          key={path}
          component={Link}
          href={path}
          label={nav[name]}
          active={isHere}
          aria-current={isHere ? 'page' : undefined}
          onClick={onGo}
        />
      );
    });
}
