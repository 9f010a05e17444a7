// Promise 5, simulated is what runs: every scenario, in memory and on a real Temporal server, gives the same record.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Decision } from '../../engine/core/enrollment.ts';
import { loadFolder } from '../../language/load.ts';
import { createMemoryWorld } from '../../simulator/memory-world.ts';
import { readTests } from '../../simulator/run-tests.ts';
import { play, startOf } from '../../simulator/scenario.ts';
import type { WorldRecord } from '../../simulator/world.ts';
import { type TemporalWorlds, temporalWorlds } from '../temporal-world.ts';

const scenarios = join(import.meta.dirname, '../scenarios');
const folders = [join(import.meta.dirname, '../../journeys'), ...foldersIn(scenarios)];
const suites = await Promise.all(folders.map(async (folder) => readTests(await loadFolder(folder))));

let worlds: TemporalWorlds;
beforeAll(async () => {
  worlds = await temporalWorlds(inject('temporalAddress'));
});
afterAll(() => worlds?.stop());

it('there is much to compare', () => {
  expect(suites.filter(({ folder }) => folder === null)).toEqual([]);
  expect(suites.flatMap(({ folder }) => folder?.scenarios ?? []).length).toBeGreaterThanOrEqual(25);
});

for (const { folder } of suites) {
  if (!folder) continue;
  describe(folder.journeys.map(({ plan }) => plan.journey).join(', '), () => {
    it.each(folder.scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
      const start = startOf(scenario);
      const simulated = await play(scenario, createMemoryWorld(start), folder.settings, folder.journeys);
      const driven = await play(scenario, await worlds.make(start), folder.settings, folder.journeys);
      expect(comparable(driven)).toEqual(comparable(simulated));
    });
  });
}

/** Every decision and delivery in full, with ids replaced by what they stand for. */
function comparable({ decisions, deliveries, audiences, customers }: WorldRecord) {
  const numbers = new Map<string, string>();
  // One event may open several at once; in which order is nobody's business.
  const place = ({ at, journey, customerId }: Decision) => `${at} ${journey} ${customers[customerId] ?? ''}`;
  const opened = decisions.filter(({ kind }) => kind === 'entered');
  const entered = opened.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
  for (const [index, { enrollmentId }] of entered.entries()) numbers.set(enrollmentId!, `enrollment ${index + 1}`);
  const name = (id: string | null) => (id === null ? null : (numbers.get(id) ?? customers[id] ?? 'an id'));
  const effect = (key: string | null) => (key === null ? null : `${name(key.split('/')[0]!)}/${key.split('/')[1]}`);
  const lines = decisions.map((decision: Decision & { count: number }) => {
    const { kind, customerId, journey, version, enrollmentId, turn, seq, at, step, outcome, inputs, needed } = decision;
    const { message, channel, effectKey, count } = decision;
    return {
      ...{ kind, journey, version, turn, seq, at, step, outcome, needed, message, channel, count },
      ...{ who: name(customerId), enrollment: name(enrollmentId), effect: effect(effectKey) },
      inputs: withoutIds(inputs),
    };
  });
  const sent = deliveries.map(({ key, state, reason, code, attempt, sentAt, to, rendered, message, purpose }) => {
    // By push and on the site a message goes to the customer, not to an address.
    const whom = to === null ? null : (customers[to] ?? to);
    const told =
      rendered && 'sent' in rendered ? { ...rendered, sent: { ...rendered.sent, customer_id: 'an id' } } : rendered;
    return { effect: effect(key), state, reason, code, attempt, sentAt, to: whom, rendered: told, message, purpose };
  });
  const members = audiences.map(
    ({ customerId, platform, audience, reasons, wanted, why, endsAt, version, changedAt }) => {
      const known = reasons.map((reason) => ({ ...reason, enrollmentId: name(reason.enrollmentId) }));
      return {
        who: name(customerId),
        platform,
        audience,
        reasons: sorted(known),
        wanted,
        why,
        endsAt,
        version,
        changedAt,
      };
    },
  );
  return { decisions: sorted(lines), deliveries: sorted(sent), audiences: sorted(members) };
}

function withoutIds(inputs: Decision['inputs']): Decision['inputs'] {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, key === 'enrollment' ? 'an id' : value]),
  );
}

/** Two drivers may take what happens at one moment to different people in different order. */
function sorted<T>(rows: T[]): T[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function foldersIn(parent: string): string[] {
  const entries = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(parent, name)).filter((path) => existsSync(join(path, 'settings.yaml')));
}
