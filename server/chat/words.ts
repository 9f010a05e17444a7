// What the chat itself says, in Japanese and English.

/** A person was called, and reads this chat. */
export function personComing(locale: string): string {
  return /^ja\b/i.test(locale)
    ? '担当者におつなぎします。返信はこの画面に届きますので、少しお待ちください。'
    : 'A person will answer you here. Please give us a moment; the reply comes to this chat.';
}

const forms: { [type: string]: { ja: string; en: string } } = {
  int: { ja: '整数でお答えください（例: 3）。', en: 'Please answer with a whole number, such as 3.' },
  number: { ja: '数字でお答えください（例: 3.5）。', en: 'Please answer with a number, such as 3.5.' },
  date: { ja: '日付でお答えください（例: 2026-04-01）。', en: 'Please answer with a day, such as 2026-04-01.' },
  time: {
    ja: '日時でお答えください（例: 2026-04-01 10:00）。',
    en: 'Please answer with a day and time, such as 2026-04-01 10:00.',
  },
  bool: { ja: '「true」か「false」でお答えください。', en: 'Please answer true or false.' },
  string: { ja: 'もう少し短くお答えください。', en: 'Please answer in fewer words.' },
};

/** Asks once more for an answer that was of another type. */
export function askAgain(locale: string, type: string): string {
  const form = forms[type] ?? forms.string!;
  return /^ja\b/i.test(locale) ? form.ja : form.en;
}
