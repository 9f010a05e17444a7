// The page before all others: a token, and a name to stand beside what one does.
import { Alert, Button, Container, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { useSignIn } from '../api/session.ts';
import { useWords } from '../words/words.tsx';
import { LanguageAndLook } from './preferences.tsx';

export function SignIn({ brand }: { brand: string }) {
  const { signIn } = useWords();
  return (
    <Container component="main" size="xs" py="xl">
      <Stack gap="lg">
        <div>
          <Text fw={700} c="teal">
            Tabiji
          </Text>
          <Title order={1}>{signIn.title}</Title>
          <Text c="dimmed">{brand}</Text>
        </div>
        <Paper withBorder p="md">
          <SignInForm />
        </Paper>
        <Group grow align="end">
          <LanguageAndLook />
        </Group>
      </Stack>
    </Container>
  );
}

function SignInForm() {
  const { signIn, failure } = useWords();
  const [token, setToken] = useState('');
  const [name, setName] = useState('');
  const attempt = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate({ token, name });
  };
  const isUnknown = attempt.error instanceof ApiError && attempt.error.code === 'unauthorized';
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{signIn.lead}</Text>
        <PasswordInput
          label={signIn.token}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="current-password"
          required
          aria-invalid={isUnknown}
          error={isUnknown ? signIn.unknown : undefined}
        />
        <TextInput
          label={signIn.name}
          description={signIn.nameWhy}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="name"
          maxLength={60}
        />
        {attempt.isError && !isUnknown && <Alert color="red" role="alert" title={failure.unreachable} />}
        <Button type="submit" loading={attempt.isPending}>
          {signIn.submit}
        </Button>
      </Stack>
    </form>
  );
}
