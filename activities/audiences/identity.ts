// How a person is written for an ad platform before it is hashed. The platforms differ, and a hash of the wrong spelling
// matches nobody and says nothing:
// Meta https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
// Google https://developers.google.com/data-manager/api/devguides/concepts/formatting
// TikTok https://ads.tiktok.com/help/article/customer-file-custom-audiences
import { createHash } from 'node:crypto';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Json, JsonMap } from '../../engine/core/schema.ts';

/** SHA-256 of the text in UTF-8, as lower-case hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The trait as a text; full-width letters and digits are the plain ones (NFKC). */
export function textOf(traits: JsonMap, name: string): string | null {
  const value: Json | undefined = traits[name];
  const text = typeof value === 'string' ? value.normalize('NFKC').trim() : '';
  return text === '' ? null : text;
}

/** The address in small letters, without any white space; null where it is none. */
export function emailOf(traits: JsonMap): { local: string; domain: string } | null {
  const [, local, domain] = /^([^@]+)@([^@]+)$/.exec((textOf(traits, 'email') ?? '').replace(/\s/g, '')) ?? [];
  return local && domain ? { local: local.toLowerCase(), domain: domain.toLowerCase() } : null;
}

/** E.164, as in `+819012345678`; null where it is no number, or does not say of which country. */
export function phoneOf(traits: JsonMap, country: string | undefined): string | null {
  const text = textOf(traits, 'phone');
  const own = textOf(traits, 'country')?.toUpperCase() ?? country;
  const known = own !== undefined && isSupportedCountry(own) ? (own as CountryCode) : undefined;
  const number = text === null ? undefined : parsePhoneNumberFromString(text, known);
  return number?.isPossible() ? number.number : null;
}

/** In small letters; null where it is missing. */
export function nameOf(traits: JsonMap, name: 'first_name' | 'last_name'): string | null {
  return textOf(traits, name)?.toLowerCase() ?? null;
}
