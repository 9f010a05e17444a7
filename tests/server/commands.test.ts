// What people do over HTTP: which command is given, in whose role, and how its answer is said.
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { startSweeper } from '../../server/sweeper.ts';
import { keys, serverUnderTest } from './server-under-test.ts';

const routes: [string, string, keyof typeof keys][] = [
  ['/enrollments/e1/eject', 'eject e1 support', 'support'],
  ['/enrollments/e1/pause', 'pauseEnrollment e1 support', 'support'],
  ['/enrollments/e1/resume', 'resumeEnrollment e1 admin', 'admin'],
  ['/deliveries/e1/3/cancel', 'cancel e1/3 support', 'support'],
  ['/deliveries/e1/3/resend', 'resend e1/3 support', 'support'],
  ['/deliveries/e1%2F3/cancel', 'cancel e1/3 support', 'support'],
  ['/journeys/welcome/pause', 'pauseJourney welcome marketer', 'marketer'],
  ['/journeys/welcome/resume', 'resumeJourney welcome marketer', 'marketer'],
  ['/journeys/welcome/stop', 'stopJourney welcome admin', 'admin'],
];

describe('a command', () => {
  test.each(routes)('%s is "%s"', async (url, command, role) => {
    const { post, commanded, wakes } = serverUnderTest();
    const answer = await post(url, {}, keys[role]);
    expect([answer.status, answer.json]).toEqual([200, { status: 'done' }]);
    expect(commanded).toEqual([command, 'sweep']);
    expect(wakes()).toBe(1);
  });

  test('that is refused is told in the language that is asked for', async () => {
    const sentence = 'this enrollment has ended (goal): there is nothing to eject';
    const refusing = {
      ...serverUnderTest().deps.commands,
      eject: async () => ({ kind: 'conflict' as const, sentence }),
    };
    const { post } = serverUnderTest({ commands: refusing });
    const ask = async (language: string) =>
      (await post('/enrollments/e1/eject', {}, keys.support, { 'accept-language': language })).json.error;
    expect(await ask('ja')).toEqual({
      code: 'conflict',
      message: 'この参加は終了しています（goal）。外すものはありません',
    });
    expect(await ask('en')).toEqual({ code: 'conflict', message: sentence });
  });

  test('needs no body', async () => {
    const { app } = serverUnderTest();
    const headers = { authorization: `Bearer ${keys.support}` };
    expect((await app.inject({ method: 'POST', url: '/enrollments/e1/eject', headers })).statusCode).toBe(200);
  });

  test('release says what comes then', async () => {
    const { post, commanded } = serverUnderTest();
    expect((await post('/enrollments/e1/release', { action: 'run_on' }, keys.support)).status).toBe(200);
    expect(commanded[0]).toBe('release e1 support run_on');
    for (const body of [{}, { action: 'on' }, { action: 'eject', force: true }])
      expect((await post('/enrollments/e1/release', body, keys.support)).status).toBe(400);
  });

  test('resolve says what became of the message', async () => {
    const { post, commanded } = serverUnderTest();
    expect((await post('/deliveries/e1/3/resolve', { as: 'failed' }, keys.support)).status).toBe(200);
    expect((await post('/deliveries/e1%2F3/resolve', { as: 'accepted' }, keys.support)).status).toBe(200);
    expect(commanded.filter((command) => command !== 'sweep')).toEqual([
      'resolve e1/3 support failed',
      'resolve e1/3 support accepted',
    ]);
    for (const body of [{}, { as: 'sent' }])
      expect((await post('/deliveries/e1/3/resolve', body, keys.support)).status).toBe(400);
  });

  test.each([
    ['same', 200, { status: 'unchanged', message: 'it stands so already' }],
    ['late', 409, { error: { code: 'conflict', message: 'it is too late' } }],
    ['none', 404, { error: { code: 'not_found', message: 'there is none' } }],
    ['%00', 404, { error: { code: 'not_found', message: 'nothing has this name' } }],
  ])('about "%s" answers %i and wakes nobody', async (id, status, json) => {
    const { post, wakes } = serverUnderTest();
    const answer = await post(`/enrollments/${id}/eject`, {}, keys.support);
    expect([answer.status, answer.json, wakes()]).toEqual([status, json, 0]);
  });
});

test('a sweeper goes on until nothing is left, survives failures, and begins again when it is woken', async () => {
  const answers: (boolean | Error)[] = [true, true, false];
  let batches = 0;
  const sweeper = startSweeper({
    async sweep() {
      batches += 1;
      const answer = answers.shift() ?? false;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    wake: () => undefined,
    logger: pino({ level: 'silent' }),
    pauseMs: 1,
    idleMs: 60_000,
  });
  await expect.poll(() => batches).toBe(3);
  answers.push(new Error('away'), false);
  sweeper.wake();
  await expect.poll(() => batches).toBeGreaterThanOrEqual(4);
  sweeper.wake();
  await expect.poll(() => batches).toBeGreaterThanOrEqual(5);
  await sweeper.stop();
});
