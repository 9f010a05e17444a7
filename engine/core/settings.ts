// The workspace's settings.yaml and events.yaml, as published: one for all journeys, read live by intake and sends.
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

export interface Settings {
  format: 1;
  brand: Brand;
  /** IANA; for customers without one. */
  timeZone: string;
  locale: string;
  purposes: string[];
  /** Declared traits, the built-in ones (email, phone, locale, time_zone) included. */
  customer: Schema;
  channels: { email?: { from: string } };
  events: { [name: string]: EventDefinition };
}
