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
    const entries = entriesFor(settings, locale);
    if (!entries || question.trim() === '' || question.length > longestQuestion) return null;
    const said = model && (await model(question, locale, settings.brand.name, entries));
    if (said?.kind === 'answer') return { text: said.text, by: 'model' };
    if (said?.kind === 'person') return null;
    if (!searches.has(entries)) searches.set(entries, createFaqSearch(entries));
    const found = searches.get(entries)!(question);
    return found && found.sureness >= sureFrom ? { text: found.entry.answer, by: 'faq' } : null;
  };
}

/** The customer's language, else the shop's own. */
function entriesFor({ faq = {}, locale: own }: Settings, locale: string): FaqEntry[] | undefined {
  return faq[locale] ?? faq[locale.split('-')[0]!] ?? faq[own];
}
