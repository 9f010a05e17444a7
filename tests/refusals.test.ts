// The server's refusals in Japanese: each is the translation of a sentence that the code says today.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refusalIn, refusals } from '../pages/src/words/refusals.ts';

const root = join(import.meta.dirname, '..');
const code = ['server']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8').replaceAll(/\$\{code\}/g, ''))
  .join('\n');

test.each(Object.keys(refusals))('"%s" is what the code says', (sentence) => {
  expect(code.split(/['"`]/)).toContain(sentence);
});

test('a code stays behind its sentence, and what is not known is said as it is', () => {
  expect(refusalIn('ja', 'the mail server does not answer (ECONNREFUSED); nothing was sent; try again')).toBe(
    'メールサーバーから応答がなく、何も送信していません。もう一度お試しください。（ECONNREFUSED）',
  );
  expect(refusalIn('ja', 'something new')).toBe('something new');
  expect(refusalIn('ja', 'properties: must be an object')).toBe('properties: オブジェクトである必要があります。');
  expect(refusalIn('ja', 'x: must be new')).toBe('x: must be new');
  expect(refusalIn('en', 'this cannot be stored at the moment; send it again')).toBe(
    'this cannot be stored at the moment; send it again',
  );
});
