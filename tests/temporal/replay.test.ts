// Histories that earlier workflow code left behind must still replay: a release cannot break a sleeping journey.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { type Bundle, workflowBundle } from '../../activities/bundle.ts';
import { dataConverter } from '../../activities/data-converter.ts';
import { installRuntime } from '../../activities/sdk-logger.ts';
import { silent } from './rig.ts';

const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

let bundle: Bundle;
beforeAll(async () => {
  installRuntime(silent);
  bundle = await workflowBundle(silent);
});

test('there are histories to replay', () => {
  expect(files.length).toBeGreaterThanOrEqual(9);
});

test.each(files)('%s replays', async (file) => {
  await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter }, history(file));
});

test('a workflow that would go another way is found out', async () => {
  const code = readFileSync((bundle as { codePath: string }).codePath, 'utf8').replace('if (!looked)', 'if (looked)');
  const replay = Worker.runReplayHistory({ workflowBundle: { code }, dataConverter }, history('three-waits.json'));
  await expect(replay).rejects.toThrow(/TMPRL1100|[Nn]ondeterminism/);
});

test.each(files)('%s names no machine and no person', (file) => {
  const text = readFileSync(`${FOLDER}${file}`, 'utf8');
  const payloads = [...text.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data]) => Buffer.from(data!, 'base64'));
  expect(`${text}${payloads.join('\n')}`.replace(/@temporalio\/worker@\S+/g, '')).not.toMatch(/\S@\S/);
});

function history(file: string) {
  return historyFromJSON(JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')));
}
