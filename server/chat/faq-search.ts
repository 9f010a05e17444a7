// Finds the answer to a question that a customer typed: by its words, in Japanese and English, and how sure that is.
import MiniSearch from 'minisearch';
import type { FaqEntry } from '../../engine/core/settings.ts';

/** Half of what was asked about must be found: below, a person answers. */
export const sureFrom = 0.5;

export interface Found {
  entry: FaqEntry;
  /** The share of the question's words that the entry has: 1 all of them, in its own questions; in its answer they count half. */
  sureness: number;
}

/** Searches one locale's FAQ. Build it once a published version: making the index takes milliseconds. */
export function createFaqSearch(entries: FaqEntry[]): (question: string) => Found | null {
  const index = new MiniSearch({ fields: ['asked', 'answer'], tokenize: wordsOf, processTerm: (word) => word });
  index.addAll(entries.map(({ questions, answer }, id) => ({ id, asked: questions.join('\n'), answer })));
  const options = { prefix: isLong, fuzzy: (word: string) => (isLong(word) ? 0.2 : false), boost: { asked: 3 } };
  return (question) => {
    const words = [...new Set(wordsOf(question))];
    if (words.length === 0) return null;
    const having = (fields: string[]) => index.search(question, { ...options, fields });
    const asked = new Map(having(['asked']).map(({ id, queryTerms }) => [id, queryTerms]));
    const found = having(['asked', 'answer']).map(({ id, queryTerms, score }) => {
      const inQuestions = asked.get(id) ?? [];
      const sureness = (inQuestions.length + (queryTerms.length - inQuestions.length) / 2) / words.length;
      return { entry: entries[id as number]!, sureness, score };
    });
    const [best] = found.toSorted((a, b) => b.sureness - a.sureness || b.score - a.score);
    return best ? { entry: best.entry, sureness: best.sureness } : null;
  };
}

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });
const functionWords = new Set(
  'a an and any are at be can could do does for from get have how i if in is it know like me my need of on or please tell that the there this to us want we what when where which who will with would you your 教 知 聞 質問'.split(
    ' ',
  ),
);

/**
 * What a text is about: words without those that every question has. Japanese words of hiragana alone are mostly
 * particles and endings; others lose the お and ご of politeness and the endings that inflect them.
 */
function wordsOf(text: string): string[] {
  return [...segmenter.segment(text.normalize('NFKC').toLowerCase())].flatMap(({ segment, isWordLike }) => {
    if (!isWordLike || /^\p{Script=Hiragana}+$/u.test(segment)) return [];
    const stem = segment
      .replace(/^[おご](?=\p{Script=Han})/u, '')
      .replace(/(?<=\p{Script=Han})\p{Script=Hiragana}+$/u, '');
    if (functionWords.has(stem)) return [];
    return [/^[a-z]{4,}s$/.test(stem) ? stem.slice(0, -1) : stem];
  });
}

/** Short words are not guessed at: `card` is not `care`, and a letter is a word in Japanese. */
function isLong(word: string): boolean {
  return /^[a-z]{5,}$/.test(word);
}
