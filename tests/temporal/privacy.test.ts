// A provider's text once reached Temporal's history word for word, and the SDK printed it: codes and ids only.
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sdkLogger } from '../../activities/sdk-logger.ts';
import type { TurnResult } from '../../engine/turn-result.ts';
import { finished, type Rig, scripted, startRig } from './rig.ts';

const ADDRESS = 'a@example.com';
const providerText = `550 mailbox ${ADDRESS} not found`;

function providerError(): Error {
  const cause = Object.assign(new Error(providerText), { code: '5.1.1', response: providerText });
  return Object.assign(new TypeError(providerText, { cause }), { name: 'SmtpError' });
}

const talkative = { ...finished, note: providerText } as TurnResult;
const script = scripted({
  error: [providerError(), talkative],
  text: [() => Promise.reject(providerText), finished],
  named: [Object.assign(new Error('x'), { name: providerText, code: providerText }), finished],
});

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work(script.turn);
});
afterAll(() => rig.stop());

test.each(['error', 'text', 'named'])('a history holds nothing of what a turn threw: %s', async (id) => {
  const handle = await rig.enroll(id);
  await handle.result();
  const history = everything(await handle.fetchHistory());
  expect(history).toContain('core_local_activity');
  for (const word of ['mailbox', 'example', 'not found', '@example']) expect(history).not.toContain(word);
});

test('the type and the code of a failure stand in the history', async () => {
  const handle = rig.client.workflow.getHandle('error');
  const { events } = await handle.fetchHistory();
  const failure = events!.find((event) => event.markerRecordedEventAttributes?.failure)!.markerRecordedEventAttributes!
    .failure!;
  expect(failure.applicationFailureInfo!.type).toBe('SmtpError');
  expect(failure.message).toBe('5.1.1');
  expect(failure.stackTrace ?? '').toBe('');
});

test('the SDK logs ids, type, code and frames, and no text', () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const attributes = { workflowId: 'e1', workflowType: 'welcome', error: providerError(), payload: providerText };
  sdkLogger(logger).warn(`Activity failed for ${ADDRESS}`, attributes);
  const line = JSON.parse(lines[0]!);
  expect(line).toMatchObject({ enrollment: 'e1', journey: 'welcome', error: { type: 'SmtpError', code: '5.1.1' } });
  expect(line.error.frames[0]).toMatch(/^\s+at /);
  expect(lines[0]).not.toContain('example');
  expect(lines[0]).not.toContain('mailbox');
});

/** A history as text, with its payloads readable. */
function everything(history: Parameters<typeof historyToJSON>[0]): string {
  const json = historyToJSON(history);
  const payloads = [...json.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data]) => Buffer.from(data!, 'base64'));
  return `${json}\n${payloads.join('\n')}`;
}
