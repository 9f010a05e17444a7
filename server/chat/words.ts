// What the chat itself says, in Japanese and English.

/** A person was called, and reads this chat. */
export function personComing(locale: string): string {
  return /^ja\b/i.test(locale)
    ? '担当者におつなぎします。返信はこの画面に届きますので、少しお待ちください。'
    : 'A person will answer you here. Please give us a moment; the reply comes to this chat.';
}
