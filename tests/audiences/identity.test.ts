// How a person is written for each platform, held against hashes that others have published or computed.
import { describe, expect, it } from 'vitest';
import { identifyForGoogle } from '../../activities/audiences/google.ts';
import { hashOf } from '../../activities/audiences/identity.ts';
import { identifyForMeta } from '../../activities/audiences/meta.ts';
import { identifyForTikTok } from '../../activities/audiences/tiktok.ts';

const emailOf = {
  meta: (email: string) => identifyForMeta({ email }, 'JP')?.EMAIL,
  google: (email: string) => identifyForGoogle({ email }, 'JP')?.emailAddress,
  tiktok: (email: string) => identifyForTikTok({ email }, 'JP')?.EMAIL_SHA256,
};
const phoneOf = {
  meta: (phone: string, country?: string) => identifyForMeta({ phone }, country)?.PHONE,
  google: (phone: string, country?: string) => identifyForGoogle({ phone }, country)?.phoneNumber,
  tiktok: (phone: string, country?: string) => identifyForTikTok({ phone }, country)?.PHONE_SHA256,
};

const johnSmith = '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f';
const withDots = '8dd4a9bf850242873c14976125edabc35096192b784626a5641a7d2de56e3c1e';
const withoutSuffix = '525044e7c292a5cbf3fd2c045340840106103b3f6a95524b7b81343b16e95d86';
const googles = '223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4';
const nyc = 'f109a2a632fbcea5fc82049f50beed3d8621bf9034399f437fb622222acccdac';
const withoutNyc = 'ff11779f1afd0f200631b31b3063afee6070f12eb47da2d9a20e6d82a1816386';
const taro = 'ee88fe0f2c99e5f6d29bc9f6647db4253d1be8bd8c39d38dcfcf0cb82886f06e';

describe('an email', () => {
  it.each([
    ['John_Smith@gmail.com', johnSmith, johnSmith, johnSmith],
    ['  john_smith@GMAIL.com\n', johnSmith, johnSmith, johnSmith],
    ['ｊｏｈｎ＿ｓｍｉｔｈ＠ｇｍａｉｌ．ｃｏｍ', johnSmith, johnSmith, johnSmith],
    ['cloudy.sanfrancisco+shopping@gmail.com', withDots, googles, withoutSuffix],
    ['Cloudy.SanFrancisco+Shopping@Gmail.com', withDots, googles, withoutSuffix],
    ['user.name+nyc@example.com', nyc, nyc, withoutNyc],
    ['taro.yamada@example.co.jp', taro, taro, taro],
  ])('%s', (email, meta, google, tiktok) => {
    expect([emailOf.meta(email), emailOf.google(email), emailOf.tiktok(email)]).toEqual([meta, google, tiktok]);
  });

  it.each(['', '   ', 'nobody', '@example.com', 'a@', 'a@b@c', 'a b', null, 7, {}])('%j is none', (email) => {
    for (const identify of [identifyForMeta, identifyForGoogle, identifyForTikTok])
      expect(identify({ email }, 'JP')).toBeNull();
  });

  it('that nothing is left of is not told', () => {
    expect([emailOf.google('+...@gmail.com'), emailOf.tiktok('+tag@example.com')]).toEqual([undefined, undefined]);
  });
});

const us = [
  'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176',
  '1e231c66011e7a2d867a9cfae267a6aff103cf4913640b6e71a99850fc0ffbc8',
] as const;
const jp = [
  '0ad07193350775c6d4377f8b039d32877e66c69a454ed886b05279771c0fca0b',
  '3d06a39d40790f11761295e053029378ae28c4b4f6f301693005e079f3d4ca64',
] as const;

describe('a phone', () => {
  it.each([
    ['+1 (650) 555-1212', 'JP', us],
    ['(650) 555-1212', 'US', us],
    ['16505551212', 'US', us],
    ['090-1234-5678', 'JP', jp],
    ['０９０－１２３４－５６７８', 'JP', jp],
    ['+81 (0)90 1234 5678', 'US', jp],
    ['+819012345678', undefined, jp],
  ])('%s in %s', (phone, country, [digits, withPlus]) => {
    expect([phoneOf.meta(phone, country), phoneOf.google(phone, country), phoneOf.tiktok(phone, country)]).toEqual([
      digits,
      withPlus,
      digits,
    ]);
  });

  it('of a country of its own is read as one from there', () => {
    expect(identifyForMeta({ phone: '(650) 555-1212', country: 'us' }, 'JP')?.PHONE).toBe(us[0]);
  });

  it.each([
    ['09012345678', undefined],
    ['12', 'JP'],
    ['call me', 'JP'],
    ['09012345678901234567', 'JP'],
    ['090-1234-5678', 'XX'],
  ])('%s in %s is none', (phone, country) => {
    for (const identify of [identifyForMeta, identifyForGoogle, identifyForTikTok])
      expect(identify({ phone }, country)).toBeNull();
  });
});

describe('a name', () => {
  const yamada = '77a5b469f790f5659f272b9cfa4d476649212d3c688c1553530d95fad78fca1a';
  const kanji = '5f34cd8399195fa23a32ace56c87f461adcbee99d90d9e60057f01684b3b46da';
  const person = { email: 'a@example.com', first_name: ' Yamada ', last_name: '山田' };

  it('goes to Meta in small letters and without punctuation, kanji as they are', () => {
    expect(identifyForMeta(person, 'JP')).toMatchObject({ FN: yamada, LN: kanji });
    expect(identifyForMeta({ ...person, first_name: 'O’Ya-mada.' }, 'JP')).toMatchObject({ FN: hashOf('oyamada') });
  });
  it('goes to Google only with country and postal code, which are not hashed', () => {
    expect(Object.keys(identifyForGoogle(person, 'JP')!)).toEqual(['emailAddress']);
    const placed = { ...person, country: 'jp', postal_code: '100-0001' };
    expect(identifyForGoogle(placed, 'JP')).toMatchObject({
      ...{ givenName: yamada, familyName: kanji },
      ...{ regionCode: 'JP', postalCode: '100-0001' },
    });
  });
  it('alone identifies nobody', () => {
    const { email, ...nameless } = person;
    for (const identify of [identifyForMeta, identifyForGoogle, identifyForTikTok])
      expect(identify({ ...nameless, country: 'JP', postal_code: '1' }, 'JP')).toBeNull();
  });
});
