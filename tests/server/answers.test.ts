// The answer link: nobody can forge one, looking at it answers nothing, a click on its page answers once.
import { describe, expect, test } from 'vitest';
import type { AnswerReceipt, IncomingAnswer } from '../../engine/answer.ts';
import type { Question } from '../../engine/core/content.ts';
import { answerToken, answerUrl, readAnswerToken } from '../../server/answer-token.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { openTestDatabase } from '../database.ts';
import { askPlan, askPolicies } from '../engine/ask-crash-suite.ts';
import { createRig, reachable } from '../engine/rig.ts';
import { databaseBacking } from '../store/backing.ts';
import { Away, secret, serverUnderTest, start } from './server-under-test.ts';

const day = 86_400_000;
const link = { key: 'enr-1/3', answer: 'good', untilAt: start + day };
const token = answerToken(secret, link);
const choice: Question = {
  question: 'いかがでしたか <script>alert(1)</script>',
  answers: [
    { answer: 'bad', label: 'いまひとつ' },
    { answer: 'good', label: 'よかった "<b>"' },
  ],
};
const typed: Question = { question: 'いつですか', answers: [] };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

function asked(question: Question | null, receipt: AnswerReceipt = { status: 'accepted' }) {
  const answers: IncomingAnswer[] = [];
  const server = serverUnderTest({
    answers: {
      question: async (key) => (key === link.key ? question : null),
      receive: async (answer) => {
        answers.push(answer);
        return receipt;
      },
    },
  });
  return { ...server, answers };
}

describe('a token', () => {
  test('says what it was made for, and stands in the address as it is', () => {
    for (const one of [link, { ...link, answer: null }, { ...link, answer: 'とても "良い"' }])
      expect(readAnswerToken(secret, answerToken(secret, one))).toEqual(one);
    const url = answerUrl(secret, 'https://shop.example/t/', link.key, link.answer, link.untilAt);
    expect(url).toBe(`https://shop.example/t/a/${token}`);
    expect(encodeURI(url)).toBe(url);
  });

  test('is no longer valid with any character changed, or of another secret', () => {
    for (let i = 0; i < token.length - 1; i++) {
      const other = token[i] === 'A' ? 'B' : 'A';
      expect(readAnswerToken(secret, token.slice(0, i) + other + token.slice(i + 1))).toBeNull();
    }
    expect(readAnswerToken(secret, answerToken('another secret', link))).toBeNull();
    expect(readAnswerToken(secret, '')).toBeNull();
  });
});

describe('GET', () => {
  test('shows the question with the answer of the link first, and answers nothing', async () => {
    const { get, answers } = asked(choice);
    const page = await get(`/a/${token}`, null, { 'accept-language': 'en' });
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text.indexOf('value="good"')).toBeLessThan(page.text.indexOf('value="bad"'));
    expect(page.text).toContain('Press the button if this is your answer.');
    expect(answers).toEqual([]);
  });

  test('executes nothing that a question or an answer says', async () => {
    const { text } = await asked(choice).get(`/a/${token}`);
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<b>');
    expect(text).toContain('よかった &#34;&#60;b&#62;&#34;');
  });

  test('asks for what is typed with a labelled field', async () => {
    const { text } = await asked(typed).get(`/a/${answerToken(secret, { ...link, answer: null })}`);
    expect(text).toContain('<label for="answer">回答</label>');
    expect(text).toContain('<input id="answer" name="answer" required maxlength="1000"');
  });

  test.each([
    ['a forged link', `${token.slice(0, -2)}xx`, 404, 'このリンクは使えません'],
    ['one whose time is over', answerToken(secret, { ...link, untilAt: start - 1000 }), 410, 'この質問は終了しました'],
    ['one about nobody any more', answerToken(secret, { ...link, key: 'gone/1' }), 410, 'この質問は終了しました'],
  ])('of %s is a page that says so', async (_what, path, status, title) => {
    const page = await asked(choice).get(`/a/${path}`);
    expect(page.status).toBe(status);
    expect(page.text).toContain(`<h1>${title}</h1>`);
  });
});

describe('POST', () => {
  test('answers with the button that was pressed, whatever the link says', async () => {
    const { post, answers, wakes } = asked(choice);
    const page = await post(`/a/${token}`, 'id=id-7&answer=bad', null, form);
    expect(page.status).toBe(200);
    expect(page.text).toContain('「いまひとつ」と回答しました');
    const given = { key: link.key, answer: 'bad', source: 'link', sourceId: `${link.key} id-7`, at: start };
    expect(answers).toEqual([given]);
    expect(wakes()).toBe(1);
  });

  test('a second click on the same page says the same', async () => {
    const { post, wakes } = asked(choice, { status: 'duplicate' });
    expect((await post(`/a/${token}`, 'id=id-7&answer=good', null, form)).status).toBe(200);
    expect(wakes()).toBe(0);
  });

  test('what is no answer is asked again, and says so', async () => {
    const { post } = asked(typed, { status: 'invalid', expected: { type: 'date' } });
    const page = await post(`/a/${token}`, 'id=1&answer=%3Cimg%20onerror%3D1%3E', null, form);
    expect(page.status).toBe(422);
    expect(page.text).toContain('role="alert"');
    expect(page.text).not.toContain('<img');
  });

  test('a forged or expired link, and one whose question was erased, answer nothing', async () => {
    const { post, answers } = asked(choice);
    expect((await post(`/a/${token}x`, 'answer=good', null, form)).status).toBe(404);
    const late = answerToken(secret, { ...link, untilAt: start - 1000 });
    expect((await post(`/a/${late}`, 'answer=good', null, form)).status).toBe(410);
    expect(answers).toEqual([]);
    expect((await asked(null, { status: 'unknown' }).post(`/a/${token}`, 'answer=x', null, form)).status).toBe(410);
  });

  test('a body that is none answers nothing by itself', async () => {
    const { post, answers } = asked(choice, { status: 'invalid', expected: { answers: ['bad', 'good'] } });
    expect((await post(`/a/${token}`, '', null, { 'content-type': 'image/png' })).status).toBe(422);
    expect(answers.map(({ answer }) => answer)).toEqual(['']);
  });

  test('while the database is away the page asks to come again', async () => {
    const { post, log } = serverUnderTest({
      answers: {
        question: async () => choice,
        receive: async () => {
          throw new Away('connect ECONNREFUSED');
        },
      },
    });
    const page = await post(`/a/${token}`, 'answer=good', null, form);
    expect(page.status).toBe(503);
    expect(page.headers['retry-after']).toBeDefined();
    expect(log.join('')).not.toContain('good');
  });
});

test('over the real store: the page of a question that went shows it, and its button moves the journey on', async () => {
  const database = await openTestDatabase();
  try {
    const rig = await createRig([askPlan], databaseBacking(database), undefined, askPolicies);
    const { deps } = serverUnderTest();
    const own = storeDeps({ pool: database.pool, clock: rig.ports.clock, newId: rig.ports.newId, secret });
    const { get, post } = serverUnderTest({ ...own, logger: deps.logger });
    await rig.receive(reachable);
    await rig.receive({ kind: 'event', name: 'signed_up' });
    await rig.turns.run((await rig.takeLooks())[0]!);
    const [{ key } = { key: '' }] = (await rig.rows()).deliveries;
    const path = `/a/${answerToken(secret, { key, answer: 'gold', untilAt: rig.time.now + day })}`;
    expect((await get(path)).text).toContain('<h1>Which?</h1>');
    expect((await rig.rows()).decisions.map(({ kind }) => kind)).not.toContain('answered');
    expect((await post(path, 'id=1&answer=silver', null, form)).status).toBe(422);
    for (let clicks = 0; clicks < 2; clicks += 1)
      expect((await post(path, 'id=1&answer=gold', null, form)).text).toContain('Gold');
    await rig.runAll();
    const { enrollments, decisions } = await rig.rows();
    expect(enrollments).toMatchObject([{ status: 'completed' }]);
    expect(decisions.filter(({ kind }) => kind === 'answered')).toHaveLength(1);
    const customer = await rig.store.transaction((tx) => tx.customer(enrollments[0]!.customerId));
    expect(customer!.traits.tier).toBe('gold');
  } finally {
    await database.close();
  }
});
