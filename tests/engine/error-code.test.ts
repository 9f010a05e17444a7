// What may be said of an error: its class and a code, from wherever in its causes one stands.
import { expect, test } from 'vitest';
import { errorCode, errorFrames } from '../../engine/error-code.ts';

const text = '550 5.1.1 mailbox a@example.com not found';

test.each([
  ['a socket', Object.assign(new Error(text), { code: 'ECONNREFUSED' }), { type: 'Error', code: 'ECONNREFUSED' }],
  ['a deadlock', Object.assign(new Error(text), { code: '40P01' }), { type: 'Error', code: '40P01' }],
  ['a feature', Object.assign(new Error(text), { code: '0A000' }), { type: 'Error', code: '0A000' }],
  ['a reply', Object.assign(new TypeError(text), { code: 550 }), { type: 'TypeError', code: '550' }],
  ['an enhanced reply', Object.assign(new Error(text), { code: '5.1.1' }), { type: 'Error', code: '5.1.1' }],
  [
    'a cause',
    new Error(text, { cause: Object.assign(new Error(text), { code: 'EPIPE' }) }),
    { type: 'Error', code: 'EPIPE' },
  ],
  ['no code', new RangeError(text), { type: 'RangeError', code: '' }],
  ['a text as code', Object.assign(new Error('x'), { code: text }), { type: 'Error', code: '' }],
  ['an address as code', Object.assign(new Error('x'), { code: 'a@example.com' }), { type: 'Error', code: '' }],
  ['a telephone number as code', Object.assign(new Error('x'), { code: '819012345678' }), { type: 'Error', code: '' }],
  ['a text as name', Object.assign(new Error('x'), { name: text }), { type: 'Error', code: '' }],
  ['a string', text, { type: 'Error', code: '' }],
  ['nothing', undefined, { type: 'Error', code: '' }],
])('of %s', (_, error, expected) => {
  expect(errorCode(error)).toEqual(expected);
});

test('causes in a circle come to an end', () => {
  const error = new Error(text);
  error.cause = error;
  expect(errorCode(error)).toEqual({ type: 'Error', code: '' });
});

test('frames leave out the message, however many lines it has', () => {
  const frames = errorFrames(new Error(`${text}\n    at a@example.com\n    at home`));
  expect(frames.length).toBeGreaterThan(0);
  expect(frames.join()).not.toContain('example');
  expect(frames.join()).not.toContain('home');
});
