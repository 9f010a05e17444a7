// `ads` under `channels` in settings.yaml: which lists of which ad platforms are audiences, and what they are told of goals.

import type { AdConversions, AdPlatform, Settings } from '../engine/core/settings.ts';
import { adPlatforms } from '../engine/core/settings.ts';
import { type Phrase, phrase, quoted } from './phrase.ts';
import { readEntries, readMap, readText, say } from './reader.ts';
import type { Value } from './yaml.ts';

/** Whose calls name the advertiser's account beside the list. */
const withAccount = ['google', 'tiktok'];

export function readAds(value: Value): NonNullable<Settings['channels']['ads']> {
  const fields = readMap(value, { what: quoted('ads'), known: adPlatforms });
  if (fields?.size === 0) say(value, 'shape', phrase`"ads" is empty: name a platform and its audiences`);
  const ads: NonNullable<Settings['channels']['ads']> = {};
  for (const name of adPlatforms) {
    const field = fields?.get(name);
    if (field) ads[name] = readPlatform(name, field);
  }
  return ads;
}

function readPlatform(name: string, value: Value): AdPlatform {
  const hasAccount = withAccount.includes(name);
  const fields = readMap(value, {
    what: quoted(name),
    known: ['audiences', hasAccount ? 'account' : 'conversions'],
    required: hasAccount ? ['account'] : [],
  });
  const conversions = hasAccount ? undefined : fields?.get('conversions');
  const account = hasAccount ? fields?.get('account') : undefined;
  return {
    audiences: readAudiences(fields?.get('audiences')),
    ...(account && { account: readId(account, phrase`the advertiser's account`) ?? '' }),
    ...(conversions && { conversions: readConversions(conversions) }),
  };
}

function readAudiences(value: Value | undefined): AdPlatform['audiences'] {
  const fields =
    value && readEntries(value, phrase`audiences are given by name: { cart-abandoners: "23840000000000001" }`);
  const audiences: AdPlatform['audiences'] = {};
  for (const [name, field] of fields ?? []) {
    if (!/^[a-z][a-z0-9-]*$/.test(name))
      field.yaml.report(field.key, 'name', phrase`"${name}" cannot name an audience: small letters, digits and "-"`);
    const id = readId(field, phrase`the platform's id of the audience "${name}"`);
    if (id !== undefined) audiences[name] = id;
  }
  return audiences;
}

function readConversions(value: Value): AdConversions {
  const keys = ['dataset', 'event', 'value', 'currency'] as const;
  const fields = readMap(value, { what: quoted('conversions'), known: keys, required: ['dataset', 'event'] });
  const text = (key: (typeof keys)[number]) => {
    const field = fields?.get(key);
    return field && readText(field, phrase`"${key}" is a word`)?.value;
  };
  const dataset = fields?.get('dataset');
  const [worth, currency] = [text('value'), text('currency')];
  if ((worth === undefined) !== (currency === undefined))
    say(value, 'missing-key', phrase`"value", the property that says what a goal is worth, and "currency" go together`);
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency))
    say(fields!.get('currency')!, 'value', phrase`"${currency}" is no currency: write its three letters, like JPY`);
  return {
    dataset: (dataset && readId(dataset, phrase`the id of the dataset or pixel`)) ?? '',
    event: text('event') ?? '',
    ...(worth !== undefined && { value: worth }),
    ...(currency !== undefined && { currency }),
  };
}

/** Ids go into addresses of calls, so nothing but digits may stand there; as text, since some are larger than numbers. */
function readId(value: Value, what: Phrase): string | undefined {
  const text = readText(value, phrase`${what} is expected here`);
  if (!text || /^\d{1,32}$/.test(text.value)) return text?.value;
  return say(value, 'value', phrase`${what} is a number, which "${text.value}" is not`);
}
