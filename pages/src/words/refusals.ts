// What the server says when it refuses, in Japanese, by its own sentence. What is not here is shown as the server says it;
// tests/refusals.test.ts holds each sentence to the one in the code. Codes in brackets are left out of the keys.

export const refusals: { [sentence: string]: string } = {
  'no customer has this id': 'このIDのお客様はいません。',
  'no customer has this id; search with /customers?q=': 'このIDのお客様はいません。',
  'nothing is left of this customer': 'このお客様のデータは消去されています。',
  'no conversation has this id': 'この会話はありません。',
  'this conversation is resolved: what you say would reach nobody':
    'この会話は対応済みのため、返信してもお客様には届きません。',
  'no message is kept under this key: it is unknown, was never rendered, or was erased':
    'このメッセージの本文は残っていません。作成されなかったか、消去されています。',
  'no journey of this name is published; GET /journeys lists them': 'この名前のジャーニーは公開されていません。',
  'this journey has no such message on this channel': 'このジャーニーには、このチャネルのメッセージがありません。',
  'this message is being handed over right now: it is too late to cancel it':
    'このメッセージは送信中のため、取り消せません。',
  'another message of this enrollment waits to be sent once more; come again when that is over':
    'ほかのメッセージが再送待ちです。終わってから、もう一度お試しください。',
  'the journey is just taking up what became of this message: come again in a moment':
    'このメッセージの結果を処理中です。しばらくしてから、もう一度お試しください。',
  'this enrollment needs attention: release it first': 'この参加は要対応の状態です。先に続行させてください。',
  'one of its messages is on its way; release it in a few minutes':
    'メッセージを送信中です。数分後に、もう一度お試しください。',
  'it is the journey that is paused, not this enrollment; resume the journey':
    '一時停止しているのはこの参加ではなく、ジャーニーです。ジャーニーを再開してください。',
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
