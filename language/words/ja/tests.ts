// Japanese of what is said of tests and simulations: their rows, facts and names.
export const tests = {
  'a fact': '期待する結果',
  'a fact is "no sends", or has one of: {0}': '期待する結果は「no sends」か、次のいずれかを持つマップです: {0}',
  'a trait is expected with its value: { trait: { tier: gold } }':
    '属性は { trait: { tier: gold } } のように値と一緒に書きます',
  'a fact about an audience has either "add" or "remove"':
    'オーディエンスについては「add」か「remove」のどちらか一方だけを書いてください',
  'platforms are expected here: [meta, google]': 'ここには [meta, google] のようなプラットフォームが必要です',
  '"{0}" is a word or a sentence': '「{0}」は単語または文です',
  'a test file': 'テストのファイル',
  'a test file needs "journey" or "journeys"': 'テストのファイルには「journey」か「journeys」が必要です',
  'tests are a list': '「tests」はリストです',
  'a journey is named': 'ここにはジャーニーの名前が必要です',
  'customers are a list': '「customers」はリストです',
  'a customer needs an "id"': 'お客様には「id」が必要です',
  'a test': 'テスト',
  'a test is named by a sentence': 'テストの「name」には文を書きます',
  'expect is a list': '「expect」はリストです',
  'a test needs at least one row in "given"': 'テストの「given」には少なくとも1行が必要です',
  'given is a list': '「given」はリストです',
  'a moment is written like "2026-03-07 22:00"': '日時は「2026-03-07 22:00」のように書きます',
  '"{0}" is no moment: write it like "2026-03-07 22:00"':
    '「{0}」は日時ではありません。「2026-03-07 22:00」のように書いてください',
  'there is no {0} "{1}"{2}': '{0}「{1}」はありません{2}',
  journey: 'ジャーニー',
  customer: 'お客様',
  trait: '属性',
  event: 'イベント',
  channel: 'チャネル',
  message: 'メッセージ',
  webhook: 'Webhook',
  queue: '引き継ぎ先',
  audience: 'オーディエンス',
  platform: 'プラットフォーム',
  experiment: '実験',
  'nobody is held out of {0}: give it a "holdout", or remove the draw':
    '「{0}」に配信しないグループはありません。「holdout」を指定するか、「draw」を削除してください',
  'a row of "given"': '「given」の行',
  'a row needs one of: {0}': '行には次のいずれかが必要です: {0}',
  'a channel row needs "fails"': '「channel」の行には「fails」が必要です',
  '"fails" is a number of attempts, "unknown" or "gone"': '「fails」は試行の回数、「unknown」「gone」のいずれかです',
  '"{0}" is one of: {1}': '「{0}」は次のいずれかです: {1}',
  'a "{0}" row needs "{1}"': '「{0}」の行には「{1}」が必要です',
  'one of these is expected here: {0}': 'ここには次のいずれかが必要です: {0}',
  'a merge': '統合',
  'a moment is written like "2026-03-07 22:00" or "+30 minutes"':
    '日時は「2026-03-07 22:00」か「+30 minutes」のように書きます',
  'the first row needs a moment: "2026-03-07 22:00"': '最初の行には「2026-03-07 22:00」のような日時が必要です',

  '{0} has no open enrollment at this moment': 'この時点で「{0}」は参加していません',
  'no {0} was sent at this moment': 'この時点で「{0}」は送信されていません',
  'no {0} waits at this moment': 'この時点で待機中の「{0}」はありません',
  '{0} has no open conversation with {1} at this moment': 'この時点で「{0}」と「{1}」の対応中の会話はありません',
  '{0} was not asked anything yet': '「{0}」にはまだ何も質問していません',
  '{0} was not asked {1} yet': '「{0}」にはまだ「{1}」を質問していません',
  '{0} takes no answer': '「{0}」は回答を受け付けません',
  '{0} has no answer "{1}": {2}': '「{0}」に回答「{1}」はありません: {2}',
  '{0}: {1}': '「{0}」: {1}',

  'nothing happens here: write one row, or one call, at least':
    '何も起きません。少なくとも1行、または1件の呼び出しを書いてください',
  'a file of events': 'イベントのファイル',
  'events are a list of rows, or of calls': 'イベントは行または呼び出しのリストです',
  '"type" is one of: {0}{1}': '「type」は次のいずれかです: {0}{1}',
  'a call needs a "timestamp", such as 2026-11-20T09:30:00Z':
    '呼び出しには「2026-11-20T09:30:00Z」のような「timestamp」が必要です',
  'userId or anonymousId must be there': '「userId」か「anonymousId」が必要です',
  'an alias needs userId and previousId': '「alias」には「userId」と「previousId」が必要です',
  'its maps and lists lie in each other too deep': 'マップとリストの入れ子が深すぎます',
  'timestamp: must be a time in ISO 8601, such as 2026-11-20T09:30:00Z':
    '「timestamp」は「2026-11-20T09:30:00Z」のような ISO 8601 の日時です',
  'timestamp: lies more than ten years back': '「timestamp」が10年以上前です',
  'context.consent must map a channel to a list of purposes, as in {"email": ["marketing"]}':
    '「context.consent」は {"email": ["marketing"]} のようなチャネルと目的のリストのマップです',
  'this call cannot be taken in: {0}': 'この呼び出しは取り込めません: 「{0}」',
  'this is about {0}, not about {1}: one customer is played':
    'これは「{1}」ではなく「{0}」のものです。再現できるお客様は1人です',
  'events.yaml does not declare "{0}": it begins nothing{1}':
    '「{0}」は「events.yaml」で宣言されていないため、何も始まりません{1}',
};
