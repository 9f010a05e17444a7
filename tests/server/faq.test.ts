// What the shop's FAQ answers, and what it leaves to a person.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';
import { createFaqSearch, sureFrom } from '../../server/chat/faq-search.ts';

const { settings } = await compile(await loadFolder('journeys'));
const search = { ja: createFaqSearch(settings!.faq!.ja!), en: createFaqSearch(settings!.faq!.en!) };

/** The first wording of the entry that answers; null: a person does. */
function answered(language: 'ja' | 'en', question: string): string | null {
  const found = search[language](question);
  return found && found.sureness >= sureFrom ? found.entry.questions[0]! : null;
}

test.each([
  ['注文したものはいつ届く？', 'いつ届きますか'],
  ['配送日数を教えてください', 'いつ届きますか'],
  ['送料', '送料はいくらですか'],
  ['返品したいのですが', '返品や交換はできますか'],
  ['湯呑みが割れていました', '返品や交換はできますか'],
  ['ギフト用に包装してもらえますか', 'ギフト包装はできますか'],
  ['ｷﾞﾌﾄ包装', 'ギフト包装はできますか'],
  ['お茶の保存方法', 'お茶の賞味期限はどのくらいですか'],
  ['レンジで使えますか', '器は電子レンジや食洗機で使えますか'],
  ['電子レンジ', '器は電子レンジや食洗機で使えますか'],
  ['キャンセルしたい', '注文の変更やキャンセルはできますか'],
])('ja: %s → %s', (question, entry) => expect(answered('ja', question)).toBe(entry));

test.each([
  ['When does my order arrive?', 'When will my order arrive?'],
  ['how long is delivery', 'When will my order arrive?'],
  ['shipping costs?', 'How much is shipping?'],
  ['I want to return my cup', 'Can I return or exchange something?'],
  ['Can it go in the microwave', 'Is the pottery safe in a microwave or dishwasher?'],
  ['microwav', 'Is the pottery safe in a microwave or dishwasher?'],
  ['cancel my order', 'Can I change or cancel my order?'],
])('en: %s → %s', (question, entry) => expect(answered('en', question)).toBe(entry));

test.each([
  ['ja', '店長の好きな音楽は何ですか'],
  ['ja', '求人の応募について'],
  ['ja', 'はい'],
  ['ja', ''],
  ['en', 'Are you hiring for the summer in Kyoto?'],
  ['en', 'yes please'],
  ['en', '<script>alert(1)</script>'],
  ['en', '🙂🙂'],
] as const)('%s: "%s" is left to a person', (language, question) => expect(answered(language, question)).toBe(null));

test('an answer is plain text, whatever Markdown says it in', async () => {
  const base = await loadFolder('journeys');
  const text = '## Where?\n\nIn **Kyoto**, see [our page](https://shop.example/kyoto).\n\n- by *train*\n- by bus\n';
  const files = base.map((file) => (file.path === 'journeys/faq.en.md' ? { ...file, text } : file));
  const [entry] = (await compile(files)).settings!.faq!.en!;
  expect(entry).toEqual({
    questions: ['Where?'],
    answer: 'In Kyoto, see our page (https://shop.example/kyoto).\n\n・by train\n・by bus',
  });
});

test('both languages answer the same number of things', () => {
  const headings = (file: string) => readFileSync(file, 'utf8').match(/^## /gm)!.length;
  expect(settings!.faq!.ja!.length).toBe(settings!.faq!.en!.length);
  expect(headings('journeys/faq.md')).toBeGreaterThan(settings!.faq!.ja!.length);
});
