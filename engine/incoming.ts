// One normalised call, and what it makes of an event and of traits: pure, so that calls taken singly and together are read alike.
import { zoneOf } from './apply.ts';
import { channelNames } from './core/channels.ts';
import { convertMap } from './core/convert.ts';
import { isValidZone } from './core/local-time.ts';
import type { JsonMap } from './core/schema.ts';
import type { EventDefinition, Settings } from './core/settings.ts';
import { namesOf } from './erase.ts';
import type { ConsentRow, Customer, Identity, NewEvent } from './ports.ts';

/** One normalised call. `data` and `traits` are as sent; conversion to the declared types happens here. */
export interface Incoming {
  /** The sender of `sourceId`s. A repeat of (source, sourceId) is acknowledged and ignored. */
  source: string;
  sourceId: string;
  identity: Identity;
  /** alias: the id the customer was known by until now. */
  previousId?: string;
  kind: 'event' | 'identify' | 'alias';
  /** As sent (`Cart Updated`); null but for events. */
  name: string | null;
  /** Corrected by the sender's clock. */
  occurredAt: number;
  data: JsonMap;
  traits: JsonMap;
  context: { timeZone?: string; locale?: string };
  /** `context.consent` of an identify: grants only. */
  grants: { channel: string; purpose: string }[];
  /** What the shop knows of consents, with its own evidence and time; counts only with `trusted`. */
  consents?: SaidConsent[];
  trusted: boolean;
}

export type SaidConsent = Pick<ConsentRow, 'channel' | 'purpose' | 'state' | 'at' | 'evidence'>;

type Person = Pick<Customer, 'id' | 'traits'>;
type Place = NewEvent['flags'][number];

const wrongZone = { path: 'time_zone', declared: 'IANA time zone', given: 'string' };
const consentChannels: readonly string[] = [...channelNames, 'ads'];

/** All ids that a call names: `user:u1`, `anonymous:a1`. */
export function idsIn({ identity, previousId }: Pick<Incoming, 'identity' | 'previousId'>): string[] {
  return [...namesOf(identity), ...(previousId === undefined ? [] : namesOf({ anonymousId: previousId }))];
}

/** The event that a call is stored as, its properties converted to the declared types. */
export function newEventOf(incoming: Incoming, customer: Person, settings: Settings, receivedAt: number): NewEvent {
  const [name, definition] = definitionOf(settings, incoming);
  const { data, flags } = convertMap(definition?.properties ?? null, incoming.data, zoneOf(customer, settings));
  const same = definition?.same === undefined ? undefined : data[definition.same];
  return {
    customerId: customer.id,
    source: incoming.source,
    sourceId: incoming.sourceId,
    name,
    occurredAt: Math.min(incoming.occurredAt, receivedAt),
    receivedAt,
    data,
    flags: [...flags, ...flagsOf(incoming, customer, settings)].map(({ path, declared }) => ({ path, declared })),
    same: same === undefined || same === null ? null : String(same),
    trusted: incoming.trusted,
  };
}

/** What an `identify` says that cannot be kept, or can never count: no other event has either. */
function flagsOf({ kind, traits, grants }: Incoming, customer: Person, settings: Settings): Place[] {
  if (kind !== 'identify') return [];
  const wrong = convertMap(settings.customer, traits, zoneOf(customer, settings)).flags;
  const { time_zone: zone } = traits;
  if (typeof zone === 'string' && zone !== '' && !isValidZone(zone)) wrong.push(wrongZone);
  const purposes = ['marketing', ...settings.purposes];
  return [
    ...wrong.map(({ path, declared }) => ({ path: `traits.${path}`, declared })),
    ...grants.flatMap(({ channel, purpose }) => {
      if (!consentChannels.includes(channel)) return { path: 'context.consent', declared: consentChannels.join(' | ') };
      if (purposes.includes(purpose)) return [];
      return { path: `context.consent.${channel}`, declared: [...new Set(purposes)].join(' | ') };
    }),
  ];
}

/** The traits once these are set; the sender's zone and locale fill what is unset. */
export function traitsAfter(
  customer: Pick<Customer, 'traits'>,
  sent: JsonMap,
  { timeZone, locale }: Incoming['context'],
  settings: Settings,
): JsonMap {
  const { data } = convertMap(settings.customer, sent, zoneOf(customer, settings));
  const traits: JsonMap = { ...customer.traits, ...data };
  for (const [name, value] of Object.entries(sent)) if (value === null) delete traits[name];
  if (traits.time_zone === undefined && timeZone) traits.time_zone = timeZone;
  if (traits.locale === undefined && locale) traits.locale = locale;
  // An invalid zone counts as missing (journey-format §4).
  if (typeof traits.time_zone === 'string' && !isValidZone(traits.time_zone)) delete traits.time_zone;
  return traits;
}

/** What an event that was sent under this name is called, and how it is declared. */
export function definitionOf(
  settings: Settings,
  incoming: Pick<Incoming, 'kind' | 'name'>,
): [string, EventDefinition | undefined] {
  if (incoming.kind !== 'event' || incoming.name === null) return [incoming.kind, undefined];
  const sent = incoming.name;
  const own = Object.hasOwn(settings.events, sent) ? settings.events[sent] : undefined;
  if (own) return [sent, own];
  const found = Object.entries(settings.events).find(([, definition]) => definition.from.includes(sent));
  return found ?? [sent, undefined];
}
