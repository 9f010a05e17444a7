// A token says what was signed, and nothing that was changed, of another kind, or of another secret.
import { expect, test } from 'vitest';
import { linkUnder, readToken, signToken } from '../../server/signed-token.ts';

const secret = 'a secret of the shop, long enough';
const fields = ['customer', null, 3, '日本'];

test('it is read as it was signed', () => {
  expect(readToken(secret, 'answer', signToken(secret, 'answer', fields))).toEqual(fields);
});

test('of another kind, form or secret it is none', () => {
  const token = signToken(secret, 'answer', fields);
  expect(readToken(secret, 'unsubscribe', token)).toBe(null);
  expect(readToken(secret, 'answer', token, '2')).toBe(null);
  expect(readToken('another secret, long enough', 'answer', token)).toBe(null);
});

test('with any of its characters changed, added or taken away it is none', () => {
  const token = signToken(secret, 'answer', fields);
  for (let at = 0; at < token.length; at++) {
    // The last character of a base64url digest carries bits that nobody reads.
    const other = token[at] === 'A' ? 'Q' : 'A';
    const changed = token.slice(0, at) + other + token.slice(at + 1);
    expect(readToken(secret, 'answer', changed)).toBe(null);
    expect(readToken(secret, 'answer', token.slice(0, at) + token.slice(at + 1))).toBe(null);
  }
  for (const more of [`${token}A`, `A${token}`, `${token}\n`, token.repeat(100)])
    expect(readToken(secret, 'answer', more)).toBe(null);
});

test('a link has one slash where the address ends and the path begins', () => {
  expect(linkUnder('https://a.example/b/', 'u/1')).toBe('https://a.example/b/u/1');
  expect(linkUnder('https://a.example', 'u/1')).toBe('https://a.example/u/1');
});
