// What one looked for and is not there, with what to do next.
import { Alert, Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { ApiError } from '../api/client.ts';
import { Failure } from './failure.tsx';
import { PageTitle } from './page-title.tsx';

interface MissingProps {
  error: Error;
  onAgain(): void;
  words: { title: string; says: string; back: string };
  /** As it stands in the address. */
  what: string;
  back: string;
}

/** A failure like any other, unless the server says that there is no such thing. */
export function Missing({ error, onAgain, words, what, back }: MissingProps) {
  if (!(error instanceof ApiError && error.status === 404)) return <Failure error={error} onAgain={onAgain} />;
  return (
    <>
      <PageTitle title={words.title} />
      <Alert color="gray" role="alert" title={what}>
        <Text size="sm">{words.says}</Text>
        <Anchor component={Link} href={back} size="sm">
          {words.back}
        </Anchor>
      </Alert>
    </>
  );
}
