// What the server's routes say when they refuse, in Japanese, by their own sentence; what the engine answers to commands
// comes translated (language/words/ja/answers.ts). What is not here is shown as it is said; tests/refusals.test.ts holds
// each sentence to the one in the code. Codes in brackets are left out of the keys.

export const refusals: { [sentence: string]: string } = {
  'no customer has this id; search with /customers?q=': 'このIDのお客様はいません。',
  'nothing is left of this customer': 'このお客様のデータは消去されています。',
  'no message is kept under this key: it is unknown, was never rendered, or was erased':
    'このメッセージの本文は残っていません。作成されなかったか、消去されています。',
  'no journey of this name is published; GET /journeys lists them': 'この名前のジャーニーは公開されていません。',
  'this journey has no such message on this channel': 'このジャーニーには、このチャネルのメッセージがありません。',
  'this address must not be written to: it is suppressed; choose another one':
    'この宛先は配信停止になっています。別のアドレスを指定してください。',
  'this server sends no mail: set SMTP_URL for it, as for the worker':
    'このサーバーからはメールを送信できません。SMTP_URL の設定が必要です。',
  'too many tests were sent; wait a few minutes': 'テスト送信が多すぎます。数分後に、もう一度お試しください。',
  'the mail server does not take mail for this address; check it':
    'メールサーバーがこの宛先を受け付けませんでした。アドレスをご確認ください。',
  'the mail server does not take this message; look at its size and sender':
    'メールサーバーがこのメッセージを受け付けませんでした。大きさと差出人をご確認ください。',
  'the mail server does not take mail from us; SMTP_URL or the sender is wrong':
    'メールサーバーに送信を拒否されました。SMTP_URL または差出人の設定をご確認ください。',
  'the mail server does not answer; nothing was sent; try again':
    'メールサーバーから応答がなく、何も送信していません。もう一度お試しください。',
  'this cannot be stored at the moment; send it again': 'ただいま保存できません。もう一度お試しください。',
};

/** In this language where it is known; a code stays, in brackets behind it. */
export function refusalIn(locale: string, sentence: string): string {
  if (locale !== 'ja') return sentence;
  const code = / \(([\w.]{1,40})\)/.exec(sentence);
  const said = refusals[code ? sentence.replace(code[0], '') : sentence];
  return said === undefined ? sentence : `${said}${code ? `（${code[1]}）` : ''}`;
}
