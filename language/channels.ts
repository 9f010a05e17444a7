// `channels` in settings.yaml: what messages can go by, and what each channel needs to know.

import { type ChannelName, channelNames } from '../engine/core/channels.ts';
import type { ChannelSettings, EmailSettings, Settings } from '../engine/core/settings.ts';
import { readAds } from './ads-settings.ts';
import { didYouMean } from './nearest.ts';
import { phrase, quoted } from './phrase.ts';
import { readRate } from './rate.ts';
import { type Fields, readBool, readMap, readOneOf, readText, say } from './reader.ts';
import type { Located, Report } from './source.ts';
import type { Value } from './yaml.ts';

/** Reads `{ email: { from: … }, push: {} }`; a channel that does not stand there is not used. */
export function readChannels(value: Value | undefined): Settings['channels'] {
  const fields = value && readMap(value, { what: quoted('channels'), known: [...channelNames, 'ads'] });
  const channels: Settings['channels'] = {};
  for (const name of channelNames) {
    const field = fields?.get(name);
    if (field && name === 'email') channels.email = readEmail(field);
    else if (field && name !== 'email') channels[name] = readPolicy(readOwn(name, field, []));
  }
  const ads = fields?.get('ads');
  return ads ? { ...channels, ads: readAds(ads) } : channels;
}

function readEmail(value: Value): EmailSettings {
  const own = readOwn('email', value, ['from'], ['tracking']);
  const tracking = own?.get('tracking');
  return {
    from: (own && readSender(own)) ?? '',
    ...readPolicy(own),
    ...(tracking && { tracking: readTracking(tracking) }),
  };
}

/** `tracking: { opens: true, clicks: true }`; what is not said is not counted. */
function readTracking(value: Value): { opens: boolean; clicks: boolean } {
  const fields = readMap(value, { what: quoted('tracking'), known: ['opens', 'clicks'] });
  const isCounted = (name: string) => {
    const field = fields?.get(name);
    return (field && readBool(field, quoted(name))?.value) === true;
  };
  return { opens: isCounted('opens'), clicks: isCounted('clicks') };
}

function readOwn(name: ChannelName, value: Value, required: string[], more: string[] = []): Fields | undefined {
  const known = [...required, ...more, 'on_unknown', 'rate'];
  return readMap(value, { what: quoted(name), known, required });
}

function readPolicy(own: Fields | undefined): ChannelSettings {
  const [unknown, limit] = [own?.get('on_unknown'), own?.get('rate')];
  const word = unknown && readOneOf(unknown, quoted('on_unknown'), ['leave', 'resend']);
  const rate = limit && readRate(limit);
  return { ...(word?.value === 'resend' && { onUnknown: 'resend' }), ...(rate && { rate }) };
}

function readSender(email: Fields): string | undefined {
  const field = email.get('from');
  const sender = field && readText(field, phrase`a sender is expected here, like "Shop <hello@shop.example>"`);
  if (!sender) return undefined;
  if (isSender(sender.value)) return sender.value;
  return say(field, 'value', phrase`"${sender.value}" is no sender: write an address, or "Name <name@shop.example>"`);
}

/** `Name <local@host>` or an address alone, on one line. */
export function isSender(text: string): boolean {
  return /^(?:[^<>\p{Cc}]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u.test(text);
}

/** Reports a channel that is unknown, or not set up in settings.yaml. */
export function refuseChannel({ value, place }: Located<string>, channels: Settings['channels'], report: Report): void {
  const known: readonly string[] = channelNames;
  if (value !== 'ads' && Object.hasOwn(channels, value)) return;
  if (value === 'email')
    report(place, 'unknown-channel', phrase`"email" is not set up: give it a "from" under "channels" in settings.yaml`);
  else if (known.includes(value))
    report(
      place,
      'unknown-channel',
      phrase`"${value}" is not set up: write "${value}: {}" under "channels" in settings.yaml`,
    );
  else report(place, 'unknown-channel', phrase`unknown channel "${value}"${didYouMean(value, known)}`);
}
