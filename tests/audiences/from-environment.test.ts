// Which ad platforms there are credentials for, and what a wrong one is called.
import { expect, it } from 'vitest';
import { adPlatformsOf } from '../../activities/audiences/from-environment.ts';

const account = JSON.stringify({
  client_email: 'a',
  private_key: 'SECRET-KEY',
  token_uri: 'https://oauth.example/token',
});
const names = (env: { [name: string]: string }) => adPlatformsOf(env).audiences.map(({ name }) => name);

it('none without any', () => expect(names({ META_APP_SECRET: 'x' })).toEqual([]));
it('each by its own', () => {
  expect(names({ META_ACCESS_TOKEN: 't' })).toEqual(['meta']);
  expect(adPlatformsOf({ META_ACCESS_TOKEN: 't' }).conversions.map(({ name }) => name)).toEqual(['meta']);
  expect(names({ GOOGLE_ADS_SERVICE_ACCOUNT: account })).toEqual(['google']);
  expect(names({ TIKTOK_ACCESS_TOKEN: 't', META_ACCESS_TOKEN: 't', GOOGLE_ADS_SERVICE_ACCOUNT: account })).toEqual([
    'meta',
    'google',
    'tiktok',
  ]);
});
it.each([
  '{',
  '[]',
  '{}',
  '{"private_key":"SECRET-KEY"}',
  account.replace('https://oauth.example/token', 'SECRET-KEY'),
])('an account that is none is refused by the name of its variable, without a value: %s', (text) => {
  expect(() => names({ GOOGLE_ADS_SERVICE_ACCOUNT: text })).toThrow(
    /^GOOGLE_ADS_SERVICE_ACCOUNT must hold (?!.*SECRET)/,
  );
});
