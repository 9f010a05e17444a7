// An address at which nothing stands.
import { Anchor, Title } from '@mantine/core';
import { Link } from 'wouter';
import { useWords } from '../words/words.tsx';

export function Nowhere() {
  const { nowhere } = useWords();
  return (
    <>
      <Title order={1}>{nowhere.title}</Title>
      <Anchor component={Link} href="/customers">
        {nowhere.back}
      </Anchor>
    </>
  );
}
