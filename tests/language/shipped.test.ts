// The journeys that ship: they pass without a warning, and every mail of theirs can be made of the least that is known.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonMap, PropertyType, Schema } from '../../engine/core/schema.ts';
import { renderTemplate } from '../../engine/render.ts';
import { type Compiled, compile } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';
import { sharedProperties } from '../../language/shared-properties.ts';

let compiled: Compiled;

beforeAll(async () => {
  compiled = await compile(await loadFolder('journeys'));
});

const options = { timeZone: 'Asia/Tokyo', at: Date.UTC(2026, 10, 22), unsubscribeUrl: 'https://shop.example/u/1' };

/** A value of a type, with or without what may be missing. */
function sample(type: PropertyType, full: boolean): Json {
  if (type.kind === 'list') return full ? [sample(type.of, full)] : [];
  if (type.kind === 'map') return samples(type.fields, full);
  return { string: 'x', int: 3, number: 12000, bool: true, date: '2026-11-21', time: '2026-11-21T09:00:00Z' }[
    type.kind
  ];
}

function samples(schema: Schema, full: boolean): JsonMap {
  const kept = Object.entries(schema).filter(([, type]) => full || !type.optional);
  return Object.fromEntries(kept.map(([name, type]) => [name, sample(type, full)]));
}

test('the shipped journeys pass without a warning', () => {
  expect(compiled.diagnostics).toEqual([]);
  expect(compiled.plans.map((plan) => plan.journey)).toEqual([
    'cart-abandonment',
    'double-opt-in',
    'post-purchase',
    'review-request',
    'welcome',
  ]);
});

test('everything people wait at has an id of its own', () => {
  const waits = compiled.plans.flatMap((plan) => Object.entries(plan.steps).filter(([, step]) => step.kind === 'wait'));
  expect(waits.map(([id]) => id).filter((id) => id.startsWith('steps.'))).toEqual([]);
});

test('every message is there in Japanese and in English', () => {
  for (const plan of compiled.plans) {
    for (const message of Object.values(plan.messages))
      for (const [channel, variants] of Object.entries(message.channels))
        expect([channel, Object.keys(variants).toSorted()]).toEqual([channel, ['', 'en']]);
  }
});

describe.each([
  ['everything is known', true],
  ['only what must be there is known', false],
])('where %s', (_what, full) => {
  test('every mail can be made', () => {
    for (const plan of compiled.plans) {
      const { customer } = plan.schemas;
      const entry = samples(sharedProperties(plan.enter.on, compiled.settings!.events), full);
      for (const step of Object.values(plan.steps)) {
        if (step.kind !== 'send') continue;
        const brand: JsonMap = { ...compiled.settings!.brand };
        const values = {
          ...step.with,
          customer: samples(customer, full),
          entry,
          latest: entry,
          vars: {},
          brand,
        };
        for (const [locale, template] of Object.entries(plan.messages[step.message]!.channels.email!)) {
          const made = renderTemplate(template, values, { ...options, locale: locale || 'ja' });
          expect(made, `${plan.journey} ${step.message} ${locale}`).toMatchObject({ ok: true });
          const html = made.ok && 'html' in made.rendered ? made.rendered.html : '';
          for (const part of ['旅路商店', '東京都架空区', 'support@shop.example', '/u/1']) expect(html).toContain(part);
          expect(html).not.toMatch(/\{\{|\{%/);
        }
      }
    }
  });
});
