// The workspace's settings.yaml and events.yaml, as published: one for all journeys, read live by intake and sends.
import type { ChannelName } from './channels.ts';
import type { Schema } from './schema.ts';

export interface Brand {
  name: string;
  url?: string;
  postal_address?: string;
  contact?: string;
}

export interface EventDefinition {
  /** Names that sources use for it, besides its own. */
  from: string[];
  /** null: declared without properties. */
  properties: Schema | null;
  correlate: string[];
  /** The property that two reports of one fact share. */
  same?: string;
  /** It means that the customer bought. */
  buys: boolean;
}

/** When messages on these channels do not leave, by the customer's clock. */
export interface QuietHours {
  /** `21:00`; the end is exclusive, and before the beginning where the hours go over midnight. */
  from: string;
  to: string;
  channels: string[];
  /** What becomes of a message (`then`). */
  answer: 'hold' | 'skip';
}

/** How many messages a customer gets at most on these channels, counted together by the moment of sending. */
export interface Cap {
  max: number;
  /** A rolling window in milliseconds, or the customer's own day. */
  per: number | 'calendar_day';
  channels: string[];
  answer: 'hold' | 'skip';
}

/** What customers ask in a chat, in several wordings, and the answer, in plain text. */
export interface FaqEntry {
  questions: string[];
  answer: string;
}

/** What is set up for one channel. */
export interface ChannelSettings {
  /** What may have gone is sent once more, unless the step says otherwise. */
  onUnknown?: 'resend';
  /** Its messages leave through the channel's queue. */
  rate?: Rate;
}

/** What is known of email besides: who writes, and what is counted of its mails. */
export interface EmailSettings extends ChannelSettings {
  from: string;
  /** Absent: nothing is counted. */
  tracking?: { opens: boolean; clicks: boolean };
}

/** What an ad platform is given: which of its lists are audiences, and which account they stand in. */
export interface AdPlatform {
  /** By the audience's name, the platform's id of the list. */
  audiences: { [name: string]: string };
  /** The advertiser's account, where the platform asks for it with each call. */
  account?: string;
  /** Meta: what it is told when a goal is reached. */
  conversions?: AdConversions;
}

export interface AdConversions {
  /** The pixel's, or dataset's, id. */
  dataset: string;
  /** The platform's name of what happened: `Purchase`. */
  event: string;
  /** The property of the goal event that is its worth, and in which currency. */
  value?: string;
  currency?: string;
}

/** The platforms of the language; one can be used when it stands under `channels.ads`. */
export const adPlatforms = ['meta', 'google', 'tiktok'] as const;
export type AdPlatformName = (typeof adPlatforms)[number];

/** How many messages may leave on a channel, over all workers: `max` in each `perMs`. */
export interface Rate {
  max: number;
  perMs: number;
}

/** A system of the shop that journeys call. */
export interface WebhookSettings {
  url: string;
  /** What its answer holds, as far as journeys may look at it. */
  returns: Schema;
}

export interface Settings {
  format: 1;
  brand: Brand;
  /** IANA; for customers without one. */
  timeZone: string;
  locale: string;
  purposes: string[];
  /** Declared traits, the built-in ones (email, phone, locale, time_zone) included. */
  customer: Schema;
  /** A channel that does not stand here is not used. */
  channels: { email?: EmailSettings } & {
    [name in Exclude<ChannelName, 'email'>]?: ChannelSettings;
  } & {
    /** Ad platforms: audiences, no messages. */
    ads?: { [platform in AdPlatformName]?: AdPlatform };
  };
  events: { [name: string]: EventDefinition };
  webhooks?: { [name: string]: WebhookSettings };
  quietHours?: QuietHours;
  caps?: Cap[];
  /** By locale. */
  faq?: { [locale: string]: FaqEntry[] };
}

/** What is published of a channel by its name; undefined where it is not set up. */
export function channelSettings({ channels }: Settings, channel: string): ChannelSettings | undefined {
  return (channels as { [name: string]: ChannelSettings | undefined })[channel];
}
