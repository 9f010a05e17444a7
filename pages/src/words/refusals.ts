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
  'userId or anonymousId must be there': 'userId か anonymousId が必要です。',
  'an alias needs userId and previousId': 'alias には userId と previousId が必要です。',
  'alias: needs the write key of the server': 'alias を送れるのは、サーバー用の書き込みキーだけです。',
  'must be a JSON object': 'JSON のオブジェクトである必要があります。',
  'must be an object': 'オブジェクトである必要があります。',
  'must be text': '文字列である必要があります。',
  'must be text of 1 to 200 characters without control characters':
    '制御文字を含まない1〜200文字の文字列である必要があります。',
  'must be text of at most 256 characters without control characters, or a whole number':
    '制御文字を含まない256文字以内の文字列か、整数である必要があります。',
  'timestamp: must be a time in ISO 8601, such as 2026-11-20T09:30:00Z':
    'timestamp: 「2026-11-20T09:30:00Z」のような ISO 8601 の時刻である必要があります。',
  'timestamp: lies more than ten years back': 'timestamp: 10年より前の時刻です。',
  'its maps and lists lie in each other too deep': 'マップやリストの入れ子が深すぎます。',
  'it could not be processed; it is kept and can be replayed':
    '処理できませんでした。保管してあり、取り込み直すことができます。',
};

/** In this language where it is known; a code stays, in brackets behind it, and so does the place in front of a rule. */
export function refusalIn(locale: string, sentence: string): string {
  if (locale !== 'ja') return sentence;
  const placed = /^([\w.[\]]+): (must be .+)$/.exec(sentence);
  if (placed && refusals[sentence] === undefined) return `${placed[1]}: ${refusalIn(locale, placed[2]!)}`;
  const code = / \(([\w.]{1,40})\)/.exec(sentence);
  const said = refusals[code ? sentence.replace(code[0], '') : sentence];
  return said === undefined ? sentence : `${said}${code ? `（${code[1]}）` : ''}`;
}
