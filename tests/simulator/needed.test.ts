// Whatever scenarios record as needed is said in Japanese, but for the authors' own conditions.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { neededInJapanese } from '../../engine/core/needed.ts';
import { loadFolder } from '../../language/load.ts';
import { createMemoryWorld } from '../../simulator/memory-world.ts';
import { readTests } from '../../simulator/run-tests.ts';
import { play, startOf } from '../../simulator/scenario.ts';

const root = join(import.meta.dirname, '../scenarios');
const recorded = new Set<string>();

beforeAll(async () => {
  const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of names) {
    const { folder } = await readTests(await loadFolder(join(root, name)));
    for (const scenario of folder?.scenarios ?? []) {
      const record = await play(scenario, createMemoryWorld(startOf(scenario)), folder!.settings, folder!.journeys);
      for (const { needed } of record.decisions) recorded.add(needed);
    }
  }
});

/** What only our own sentences say. */
const ours = /\b(must|may (be|have))\b/;

test('every sentence that the scenarios have recorded is said', () => {
  const sentences = [...recorded].filter((needed) => ours.test(needed));
  expect(sentences.length).toBeGreaterThan(20);
  expect(sentences.filter((needed) => neededInJapanese(needed) === needed)).toEqual([]);
  expect(sentences.map(neededInJapanese).filter((said) => ours.test(said) || !/こと/.test(said))).toEqual([]);
});

test.each([
  ['consent to marketing and tips by email must be granted', 'email での marketing、tips への同意があること'],
  [
    'it must be outside the quiet hours, 21:00 to 08:00 in Asia/Tokyo, before the message expires',
    '有効期限までに、配信を控える時間帯（Asia/Tokyo の21:00〜08:00）の外であること',
  ],
  [
    'fewer than 3 messages by email and push must have gone within 168 hours, messages of higher priority that wait included',
    'email、push の配信が168時間に3通未満であること（優先度の高い待機中のものを含む）',
  ],
  [
    'fewer than 1 messages by line must have gone on one day in Asia/Tokyo',
    'line の配信が一日（Asia/Tokyo）に1通未満であること',
  ],
  ['the event must happen from 2026-12-01 until ever', '期間内のイベントであること（2026-12-01〜）'],
  ['not (customer.tier == "gold")', '次の条件が成り立たないこと: customer.tier == "gold"'],
  ['customer.tier == "gold"', 'customer.tier == "gold"'],
  ['', ''],
])('%s', (needed, said) => {
  expect(neededInJapanese(needed)).toBe(said);
});
