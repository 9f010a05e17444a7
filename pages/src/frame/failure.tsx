// What could not be loaded or done, in the server's own sentence, and what to do about it.
import { Alert, Button, Stack, Text } from '@mantine/core';
import { ApiError } from '../api/client.ts';
import { refusalIn } from '../words/refusals.ts';
import { useLanguage, useWords } from '../words/words.tsx';

export function Failure({ error, onAgain }: { error: Error; onAgain?: () => void }) {
  const { failure } = useWords();
  return (
    <Alert color="red" role="alert" title={failure.title}>
      <Stack gap="xs" align="start">
        <Text size="sm">{useSentence(error)}</Text>
        {onAgain && (
          <Button size="xs" variant="default" onClick={onAgain}>
            {failure.again}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** In the page's language where it is one that we know; else as the server says it. */
export function useSentence(error: Error | null): string {
  const { locale, words } = useLanguage();
  const { failure } = words;
  if (!(error instanceof ApiError)) return error ? String(error.message) : '';
  if (error.code === 'unreachable') return failure.unreachable;
  if (error.code === 'forbidden') return failure.forbidden;
  return refusalIn(locale, error.message);
}
