// Answers to what customers ask in a chat: from the FAQ by its words, or by a language model that is shown the FAQ. What
// neither is sure of goes to a person.
import type { FaqEntry, Settings } from '../../engine/core/settings.ts';
import { createFaqSearch, sureFrom } from './faq-search.ts';
import type { Model } from './model.ts';

/** `by`: who answered, as the conversation keeps it. Null: a person must. */
export type Answer = { text: string; by: 'faq' | 'model' } | null;
export type Answers = (question: string, locale: string, settings: Settings) => Promise<Answer>;

/** Longer questions are a person's: nobody asks a FAQ in a thousand letters. */
const longestQuestion = 500;

/** @param model asked first, where there is one; while it cannot be had, the FAQ alone answers. Never rejects. */
export function createAnswers(model: Model | null): Answers {
  const searches = new WeakMap<FaqEntry[], ReturnType<typeof createFaqSearch>>();
  return async (question, locale, settings) => {
    const [entries, ...others] = faqsFor(settings, locale);
    if (!entries || question.trim() === '' || question.length > longestQuestion) return null;
    const said = model && (await model(question, locale, settings.brand.name, entries));
    if (said?.kind === 'answer') return { text: said.text, by: 'model' };
    if (said?.kind === 'person') return null;
    const found = firstOf([entries, ...others], (faq) => sureAnswer(faq, question));
    return found === null ? null : { text: found, by: 'faq' };
  };

  function sureAnswer(faq: FaqEntry[], question: string): string | null {
    if (!searches.has(faq)) searches.set(faq, createFaqSearch(faq));
    const found = searches.get(faq)!(question);
    return found && found.sureness >= sureFrom ? found.entry.answer : null;
  }
}

/** In the customer's language, then the shop's own, then whatever else they may have typed in. */
function faqsFor({ faq = {}, locale: own }: Settings, locale: string): FaqEntry[][] {
  const wanted = [locale, locale.split('-')[0]!, own, ...Object.keys(faq)];
  return [...new Set(wanted)].flatMap((one) => (faq[one] ? [faq[one]] : []));
}

function firstOf<Item, Found>(items: Item[], find: (item: Item) => Found | null): Found | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
