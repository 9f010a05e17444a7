// The journeys under attack: each entry rule, each kind of wait, sends in a row, short lives, holdouts, two versions.
import type { Plan, SendStep, Step } from '../../engine/core/plan.ts';
import type { Schema } from '../../engine/core/schema.ts';
import type { Settings } from '../../engine/core/settings.ts';
import type { Catalog } from '../../engine/ports.ts';
import { day, hour, minute, planWith, when } from '../core/plans.ts';

const text = { kind: 'string', optional: true } as const;
const schemas: { [name: string]: { properties: Schema; correlate: string[] } } = {
  signed_up: { properties: {}, correlate: [] },
  cart_viewed: { properties: { cart_id: text }, correlate: ['cart_id'] },
  cart_updated: { properties: { cart_id: text }, correlate: ['cart_id'] },
  order_completed: { properties: { cart_id: text, order_id: text }, correlate: ['cart_id', 'order_id'] },
};
export const eventNames = Object.keys(schemas);

export const settings: Settings = {
  format: 1,
  brand: { name: 'Shop' },
  timeZone: 'UTC',
  locale: 'en',
  purposes: ['marketing'],
  customer: { email: text },
  channels: { email: { from: 'shop@shop.example' }, site: {} },
  events: Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const same = name === 'order_completed' ? { same: 'order_id' } : {};
      return [name, { from: [], buys: name === 'order_completed', ...schema, ...same }];
    }),
  ),
};

const send = (next: string | null, over: Partial<SendStep> = {}): SendStep => {
  return { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next, ...over };
};
const nap = (forMs: number, next: string | null): Step => ({ kind: 'wait', form: 'length', forMs, next });

function plan(journey: string, steps: { [id: string]: Step }, over: Partial<Plan>): Plan {
  const base = planWith(steps);
  const mail = base.messages.hi!.channels.email!;
  const note = { '': { title: 'Hi', body: 'Hi' } };
  const asked = { question: 'Which?', answers: [{ answer: 'good', label: 'Good' }] };
  const asking = { '': { subject: 'Q', html: '<p>{{ question }}</p>', ...asked } };
  const messages = {
    hi: { channels: { email: mail, push: mail, site: note } },
    quiz: { channels: { email: asking, site: { '': { title: 'Q', body: 'Q', ...asked } } } },
  };
  return { ...base, journey, messages, schemas: { customer: { email: text }, events: schemas }, ...over };
}

const late = day;

/** Once in a life: two sends at once, then an event in time or not. */
const welcome = (waitMs: number) =>
  plan(
    'welcome',
    {
      greet: send('fork'),
      fork: { kind: 'choose', arms: [{ when: when('has(customer.email)'), next: 'teach' }], otherwise: 'teach' },
      teach: send('browse', { by: ['push', 'site', 'email'] }),
      browse: {
        kind: 'wait',
        form: 'event',
        listeners: [{ on: ['cart_viewed'], next: 'offer' }],
        withinMs: waitMs,
        otherwise: 'nudge',
      },
      offer: send(null),
      nudge: send('pause'),
      pause: nap(2 * hour, 'last'),
      last: send(null),
    },
    {
      enter: { on: ['signed_up'], again: { mode: 'never' }, lateMs: late },
      exits: [{ on: ['order_completed'], as: 'bought' }],
      lastsMs: 3 * day,
    },
  );

/** One for each cart, with a goal, and silence counted from the last change. */
const cart = (quietMs: number) =>
  plan(
    'cart',
    {
      quiet: { kind: 'wait', form: 'until_no', on: ['cart_updated'], forMs: quietMs, next: 'remind' },
      remind: send('look'),
      look: {
        kind: 'wait',
        form: 'event',
        listeners: [
          { on: ['cart_viewed'], next: 'help' },
          { on: ['signed_up'], next: 'done' },
        ],
        withinMs: hour,
        otherwise: 'last',
        since: 'entry',
      },
      help: {
        ...{ kind: 'ask', message: 'quiz', by: ['site', 'email'], with: {}, expiresMs: day, withinMs: hour },
        ...{ answers: [{ answer: 'good', next: 'last' }], next: null, otherwise: 'last' },
      },
      last: send('done', { expiresMs: 30 * minute }),
      done: { kind: 'exit', reason: 'done' },
    },
    {
      enter: { on: ['cart_updated'], key: 'cart_id', again: { mode: 'after_exit' }, lateMs: late },
      goal: { on: ['order_completed'], withinMs: 2 * day, exits: true },
      lastsMs: 2 * day,
    },
  );

/** The newest replaces the open one; transactional, so that consent plays no part. */
const booking = plan(
  'booking',
  {
    one: {
      ...{ kind: 'ask', message: 'quiz', by: ['email'], with: {}, expiresMs: day, withinMs: 10 * minute },
      ...{ answers: [{ answer: 'good', next: 'two' }], next: 'two', otherwise: 'two' },
    },
    two: send('three'),
    three: send('rest'),
    rest: nap(10 * minute, 'four'),
    four: send(null),
  },
  {
    purpose: 'transactional',
    enter: { on: ['cart_viewed'], again: { mode: 'restart' }, lateMs: late },
    exits: [{ on: ['order_completed'] }],
  },
);

/** Side by side, and over before it is through. */
const flash = plan(
  'flash',
  {
    rest: nap(5 * minute, 'say'),
    say: send('long', { expiresMs: 2 * hour, onUnknown: 'resend' }),
    long: nap(day, 'never'),
    never: send(null),
  },
  {
    enter: { on: ['signed_up', 'order_completed'], again: { mode: 'always' }, lateMs: hour },
    goal: { on: ['cart_updated'], exits: false },
    holdout: 3000,
    lastsMs: 20 * minute,
  },
);

/** What can stand published, one set for each number. */
export const catalogs: Catalog[] = [
  catalog({ 'welcome-1': welcome(hour), 'cart-1': cart(30 * minute), 'booking-1': booking, 'flash-1': flash }),
  catalog({ 'welcome-2': welcome(5 * minute), 'cart-2': cart(5 * minute), 'booking-1': booking, 'flash-1': flash }),
  catalog({ 'welcome-1': welcome(hour), 'cart-2': cart(5 * minute) }),
];

function catalog(plans: { [version: string]: Plan }): Catalog {
  return { settings, journeys: Object.entries(plans).map(([version, each]) => ({ version, plan: each })) };
}

const known = new Map(catalogs.flatMap(({ journeys }) => journeys).map(({ version, plan: each }) => [version, each]));

export function planOf(version: string): Plan {
  return known.get(version)!;
}
