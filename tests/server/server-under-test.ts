// The application over in-memory stand-ins: what was received, quarantined and consented to can be looked at.
import pino from 'pino';
import type { CommandAnswer } from '../../engine/command.ts';
import type { Explanation } from '../../engine/core/explanation.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { Settings } from '../../engine/core/settings.ts';
import type { LineFollow } from '../../engine/line-follow.ts';
import type { PushSubscription } from '../../engine/ports.ts';
import type { DeviceOwner } from '../../engine/push-subscription.ts';
import type { ConsentInput, Incoming } from '../../engine/receive.ts';
import type { Report } from '../../engine/report.ts';
import { createApp } from '../../server/app.ts';
import type { AppDeps } from '../../server/deps.ts';
import type { Quarantined } from '../../store/quarantine.ts';

export const keys = {
  server: 'wk_server-0123456789',
  browser: 'bk_browser-0123456789',
  support: 'support_0123456789',
  marketer: 'marketer_0123456789',
  admin: 'admin_0123456789',
} as const;
export const secret = 'a secret of the shop, long enough';
export const start = Date.parse('2026-11-20T10:00:00Z');

const settings: Settings = {
  format: 1,
  brand: { name: '旅路商店 <b>', url: 'https://www.shop.example' },
  timeZone: 'Asia/Tokyo',
  locale: 'ja',
  purposes: ['marketing', 'ads'],
  customer: {},
  channels: {},
  events: {},
};

const explanation: Explanation = {
  ...{ journey: 'welcome', title: null, zone: 'UTC', summary: 'Not in welcome.' },
  ...{ enrollments: [], notEntered: [], opensOn: ['signed_up'] },
};

export const mailHtml =
  '<a href="https://shop.example/cart?a=1&amp;b=2">Cart</a> <a href="mailto:hello@shop.example">Mail</a> <a href="javascript:alert(1)">!</a> <a href="https://evil.example/shop.example">?</a>';

/** How a command about this id or name is answered; anything else is `done`. */
const commandAnswers = new Map<string, CommandAnswer>([
  ['same', { kind: 'unchanged', sentence: 'it stands so already' }],
  ['late', { kind: 'conflict', sentence: 'it is too late' }],
  ['none', { kind: 'not_found', sentence: 'there is none' }],
]);

type Subscribed = DeviceOwner & Pick<PushSubscription, 'kind' | 'endpoint' | 'keys'>;

export function serverUnderTest(changed: Partial<AppDeps> = {}) {
  const received: Incoming[] = [];
  const consents: ConsentInput[] = [];
  /** What stands as granted. */
  const grants: { channel: string; purpose: string }[] = [{ channel: 'email', purpose: 'marketing' }];
  const reports: ({ key: string } & Report)[] = [];
  const quarantined = new Map<string, Quarantined & { body: JsonMap }>();
  const subscribed: Subscribed[] = [];
  const follows: LineFollow[] = [];
  const log: string[] = [];
  let wakes = 0;
  let ids = 0;
  const clock = { at: start, now: () => clock.at, real: () => clock.at };
  const commanded: string[] = [];
  const command = (...words: string[]): CommandAnswer => {
    commanded.push(words.join(' '));
    return commandAnswers.get(words[1]!) ?? { kind: 'done' };
  };
  let printed = 'as it was';
  const print = async () => printed;
  const deps: AppDeps = {
    async receive(incoming) {
      // What goes to the database must be JSON.
      JSON.stringify(incoming);
      const known = received.some((one) => one.source === incoming.source && one.sourceId === incoming.sourceId);
      if (known) return { status: 'duplicate', eventId: null };
      received.push(incoming);
      return { status: 'accepted', eventId: `evt-${received.length}`, ignored: [], flags: [] };
    },
    receiveMany: async (incomings) => incomings.map(() => null),
    async recordConsent(input) {
      consents.push(input);
      return true;
    },
    async report(key, heard) {
      reports.push({ key, ...heard });
      return commandAnswers.get(key) ?? { kind: 'done' };
    },
    bouncesSecret: null,
    answers: { question: async () => null, receive: async () => ({ status: 'unknown' }) },
    conversations: {
      list: async () => [],
      ofCustomer: async () => ({ conversations: [], messages: [] }),
      read: async (id) => (id === 'cv1' ? { id } : null),
      reply: async (id, key, text, by) => command('reply', id, key, text, by),
      resolve: async (id, by) => command('resolveConversation', id, by),
    },
    eraseCustomer: async (id) => id === 'c1',
    async recordFollow(follow) {
      follows.push(follow);
      return true;
    },
    devices: {
      async subscribe(owner, device) {
        subscribed.push({ ...owner, ...device });
        return true;
      },
      async unsubscribe(owner, endpoint) {
        const index = subscribed.findIndex((one) => one.endpoint === endpoint && one.anonymousId === owner.anonymousId);
        return index >= 0 && subscribed.splice(index, 1).length === 1;
      },
    },
    catalog: async () => ({ settings, journeys: [] }),
    commands: {
      eject: async (id, by) => command('eject', id, by),
      pauseEnrollment: async (id, by) => command('pauseEnrollment', id, by),
      resumeEnrollment: async (id, by) => command('resumeEnrollment', id, by),
      release: async (id, by, then) => command('release', id, by, then),
      cancel: async (key, by) => command('cancel', key, by),
      resolveDelivery: async (key, by, as) => command('resolve', key, by, as),
      resend: async (key, by) => command('resend', key, by),
      suppress: async (id, channel, by) => command('suppress', id, channel, by),
      liftSuppression: async (id, channel, by, because) => command('liftSuppression', id, channel, by, because),
      pauseJourney: async (journey, by) => command('pauseJourney', journey, by),
      resumeJourney: async (journey, by) => command('resumeJourney', journey, by),
      stopJourney: async (journey, by) => command('stopJourney', journey, by),
    },
    projections: {
      searchCustomers: async (text) => [{ id: 'c1', found_by: text }],
      lateCustomers: async () => [{ id: 'c1', found_by: 'lately' }],
      customer: async (id) => (id === 'c1' ? { id } : null),
      explanation: async (id, journey) =>
        id === 'c1' && journey === 'welcome' ? explanation : id === 'c1' ? 'no_journey' : 'no_customer',
      timeline: async (_id, before) => (before === 'wrong' ? null : []),
      enrollment: async () => null,
      customerId: async (id) => (id === 'c1' ? id : null),
      exportCustomer: async (id) => (id === 'c1' ? { id } : null),
      enrollmentsNeedingAttention: async () => [],
      deliveriesIn: async () => [],
      consentStanding: async (id) => (id === 'gone' ? null : { grants, email: 'a@example.com' }),
      sentMail: async (key) => (key === 'enr-1/1' ? { html: mailHtml, sentAt: start - 60_000 } : null),
      deliveryBody: async (key) => (key === 'enr-1/1' ? { to: 'a@example.com', subject: 'Hi' } : null),
    },
    publications: {
      publish: async () => ({ diagnostics: [], published: { number: 1, changed: true, journeys: [] } }),
      list: async () => [],
    },
    quarantine: {
      async add(event) {
        const id = `q${quarantined.size + 1}`;
        quarantined.set(id, { ...event, body: JSON.parse(JSON.stringify(event.body)), id, replayedAt: null });
        return id;
      },
      list: async () => [...quarantined.values()],
      get: async (id) => quarantined.get(id) ?? null,
      async markReplayed(id, at) {
        quarantined.get(id)!.replayedAt = at;
        return true;
      },
    },
    pageReads: {
      journey: async () => null,
      history: async () => [],
      versionText: async () => null,
      preview: async () => 'no_customer',
      events: async () => [],
      keyUse: async () => ({ isWhole: true, events: [], wrongTypes: [], setAside: [] }),
    },
    testMessages: { record: async () => 1, settle: async () => {}, suppression: async () => null },
    pulse: { inbox: print, journey: print, customer: print, journeys: print, events: print, quarantine: print },
    wakeDispatcher: () => {
      wakes += 1;
    },
    wakeSweeper: () => void commanded.push('sweep'),
    readiness: { outboxSize: async () => 0, temporalHealthy: () => true },
    keys,
    secret,
    clock,
    newId: () => `id-${++ids}`,
    logger: pino({ level: 'info' }, { write: (line: string) => void log.push(line) }),
    ...changed,
  };
  const app = createApp(deps);
  /** Posts as JSON, with the server's write key unless told otherwise. */
  async function post(
    url: string,
    body: unknown,
    key: string | null = keys.server,
    headers: Record<string, string> = {},
  ) {
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
    const answer = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: jsonOrNull(answer.body) };
  }
  async function get(url: string, key: string | null = null, headers: Record<string, string> = {}) {
    const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
    const answer = await app.inject({ method: 'GET', url, headers: { ...authorization, ...headers } });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: jsonOrNull(answer.body) };
  }
  return {
    app,
    deps,
    post,
    get,
    received,
    consents,
    reports,
    grants,
    subscribed,
    follows,
    commanded,
    quarantined,
    log,
    clock,
    wakes: () => wakes,
    change(to: string) {
      printed = to;
    },
  };
}

/** A failure of the database that passes. */
export class Away extends Error {
  readonly isTransient = true;
  readonly code = 'ECONNREFUSED';
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
function jsonOrNull(text: string): any {
  try {
    return JSON.parse(text) as JsonMap;
  } catch {
    return null;
  }
}
