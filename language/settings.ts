// settings.yaml: the brand, its channels, its customers' traits, and what holds for all journeys.

import { isValidZone } from '../engine/core/local-time.ts';
import type { Schema } from '../engine/core/schema.ts';
import type { Brand, Settings } from '../engine/core/settings.ts';
import { readChannels } from './channels.ts';
import { phrase, quoted } from './phrase.ts';
import { readSchema } from './property-type.ts';
import { readList, readMap, readText, say } from './reader.ts';
import { readSegments, type SegmentDrafts } from './segments.ts';
import { readCaps, readQuietHours } from './send-settings.ts';
import type { Located } from './source.ts';
import { readWebhooks } from './webhooks.ts';
import type { Value } from './yaml.ts';

/** Settings without the events, which stand in a file of their own. */
export type OwnSettings = Omit<Settings, 'events'>;

/** Traits every customer may have, declared or not. */
const builtInTraits: Schema = {
  email: { kind: 'string', optional: true },
  phone: { kind: 'string', optional: true },
  locale: { kind: 'string', optional: true },
  time_zone: { kind: 'string', optional: true },
};

const shape = {
  what: phrase`settings.yaml`,
  known: [
    'brand',
    'time_zone',
    'locale',
    'purposes',
    'customer',
    'channels',
    'quiet_hours',
    'caps',
    'segments',
    'webhooks',
  ],
  required: ['brand', 'time_zone', 'locale'],
} as const;

/** Reads the whole file; mistakes are reported, and what can be read is given all the same. */
export function readSettings(file: Value): { own: OwnSettings; segments: SegmentDrafts } {
  const fields = readMap(file, shape) ?? new Map();
  const quietHours = fields.has('quiet_hours') && readQuietHours(fields.get('quiet_hours')!);
  const own: OwnSettings = {
    format: 1,
    brand: readBrand(fields.get('brand')),
    timeZone: readTimeZone(fields.get('time_zone')) ?? 'UTC',
    locale: readLocale(fields.get('locale')) ?? 'en',
    purposes: readPurposes(fields.get('purposes')),
    customer: readTraits(fields.get('customer')),
    channels: readChannels(fields.get('channels')),
    ...(fields.has('webhooks') && { webhooks: readWebhooks(fields.get('webhooks')!) }),
    ...(quietHours && { quietHours }),
    ...(fields.has('caps') && { caps: readCaps(fields.get('caps')!) }),
  };
  return { own, segments: fields.has('segments') ? readSegments(fields.get('segments')!) : new Map() };
}

function readBrand(value: Value | undefined): Brand {
  const known = ['name', 'url', 'postal_address', 'contact'] as const;
  const fields = value && readMap(value, { what: quoted('brand'), known, required: ['name'] });
  const brand: Brand = { name: '' };
  for (const key of known) {
    const field = fields?.get(key);
    const text = field && readText(field, phrase`the brand's "${key}" is a text`);
    if (text) brand[key] = text.value;
  }
  if (brand.url !== undefined && !/^https?:\/\/[^\s"'<>]+$/.test(brand.url)) {
    say(fields!.get('url')!, 'value', phrase`the brand's "url" begins with https://`);
  }
  return brand;
}

function readTimeZone(value: Value | undefined): string | undefined {
  const zone = value && readText(value, phrase`a time zone is expected here, like Asia/Tokyo`);
  if (!zone) return undefined;
  if (isValidZone(zone.value)) return zone.value;
  return say(value, 'value', phrase`"${zone.value}" is no time zone of the IANA list, like Asia/Tokyo`);
}

function readLocale(value: Value | undefined): string | undefined {
  const locale = value && readText(value, phrase`a locale is expected here, like ja or en-GB`);
  if (!locale) return undefined;
  if (isLocale(locale.value)) return locale.value;
  return say(
    value,
    'value',
    phrase`"${locale.value}" is no locale: write a language, like ja, or with a region, like en-GB`,
  );
}

/** A BCP 47 tag in its usual spelling (`ja`, `en-GB`, `zh-Hant`). */
export function isLocale(tag: string): boolean {
  try {
    return /^[a-z]{2,3}(-|$)/.test(tag) && Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}

function readPurposes(value: Value | undefined): string[] {
  const items = (value && readList(value, phrase`"purposes" is a list: [marketing]`)) ?? [];
  const purposes = new Set(['marketing']);
  for (const item of items) {
    const name = readText(item, phrase`the name of a purpose is expected here`);
    if (name && isPurpose(name, item)) purposes.add(name.value);
  }
  return [...purposes];
}

function isPurpose(name: Located<string>, item: Value): boolean {
  if (name.value === 'transactional') {
    say(item, 'value', phrase`"transactional" needs no consent and is always there: leave it out of the list`);
    return false;
  }
  if (/^[a-z][a-z0-9_-]*$/.test(name.value)) return true;
  say(item, 'name', phrase`"${name.value}" cannot name a purpose: small letters, digits, "-" and "_"`);
  return false;
}

function readTraits(value: Value | undefined): Schema {
  const declared = (value && readSchema(value)) ?? {};
  for (const [name, type] of Object.entries(builtInTraits)) {
    const own = declared[name];
    if (own && value && (own.kind !== type.kind || !own.optional)) {
      say(value, 'type', phrase`"${name}" is a trait that every customer may have: its type is "string?"`);
    }
  }
  return { ...declared, ...builtInTraits };
}
