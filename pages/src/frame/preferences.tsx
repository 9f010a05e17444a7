// Who is signed in, in which language, in light or dark; and the way out.
import {
  AppShell,
  Button,
  type MantineColorScheme,
  NativeSelect,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { type Session, useSignOut } from '../api/session.ts';
import { type Locale, languageNames, useLanguage } from '../words/words.tsx';

export function Preferences({ session }: { session: Session }) {
  const { words } = useLanguage();
  const signOut = useSignOut();
  return (
    <AppShell.Section>
      <Stack gap="xs">
        <LanguageAndLook />
        <Text size="sm">
          {session.name ? `${session.name} · ` : ''}
          {words.roles[session.role]}
        </Text>
        <Button variant="default" size="xs" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {words.signIn.out}
        </Button>
      </Stack>
    </AppShell.Section>
  );
}

export function LanguageAndLook() {
  const { locale, words, speak } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <NativeSelect
        size="xs"
        label={words.language}
        value={locale}
        onChange={(event) => speak(event.currentTarget.value as Locale)}
        data={Object.entries(languageNames).map(([value, label]) => ({ value, label }))}
      />
      <NativeSelect
        size="xs"
        label={words.look}
        value={colorScheme}
        onChange={(event) => setColorScheme(event.currentTarget.value as MantineColorScheme)}
        data={Object.entries(words.looks).map(([value, label]) => ({ value, label }))}
      />
    </>
  );
}
