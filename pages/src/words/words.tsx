// Which language the pages speak: what was chosen here, else the browser's, else the shop's.
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { acts } from './acts.ts';
import { customer } from './customer.ts';
import { frame } from './frame.ts';
import { inbox } from './inbox.ts';
import { journey } from './journey.ts';
import { map } from './map.ts';
import { storefront } from './storefront.ts';

export type Locale = 'en' | 'ja';

const languages = {
  en: { ...frame.en, ...customer.en, ...acts.en, ...map.en, ...journey.en, ...storefront.en, ...inbox.en },
  ja: { ...frame.ja, ...customer.ja, ...acts.ja, ...map.ja, ...journey.ja, ...storefront.ja, ...inbox.ja },
};
export type Words = (typeof languages)['en'];

export const languageNames: { [locale in Locale]: string } = { en: 'English', ja: '日本語' };
const chosen = 'tabiji.locale';

interface Spoken {
  locale: Locale;
  words: Words;
  speak(locale: Locale): void;
}

const Language = createContext<Spoken>({ locale: 'en', words: languages.en, speak: () => {} });

export function useWords(): Words {
  return useContext(Language).words;
}

export function useLanguage(): Spoken {
  return useContext(Language);
}

/** @param shops the locale of the shop's settings, once it is known */
export function Speaking({ shops, children }: { shops: string | undefined; children: ReactNode }) {
  const [choice, setChoice] = useState<Locale | null>(() => localeIn(localStorage.getItem(chosen)));
  const locale = choice ?? browsers() ?? localeIn(shops) ?? 'en';
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const speak = (next: Locale) => {
    localStorage.setItem(chosen, next);
    setChoice(next);
  };
  return <Language.Provider value={{ locale, words: languages[locale], speak }}>{children}</Language.Provider>;
}

/** The first of the browser's languages that we speak. */
function browsers(): Locale | null {
  return navigator.languages.map(localeIn).find((locale) => locale !== null) ?? null;
}

function localeIn(text: string | null | undefined): Locale | null {
  if (text?.startsWith('ja')) return 'ja';
  return text?.startsWith('en') ? 'en' : null;
}
