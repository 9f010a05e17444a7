// Japanese of what the rules say that look at a whole folder.
export const rules = {
  '"{0}" can go out after the goal: the goal does not end this journey (exits: false)':
    '「{0}」は目標達成後にも送信されることがあります。このジャーニーは目標では終了しません（exits: false）',
  'another step has the id "{0}" already': 'ID「{0}」は別のステップで使われています',
  'the journey "{0}" already stands in {1}': 'ジャーニー「{0}」はすでに「{1}」にあります',
  'the event "{0}"': 'イベント「{0}」',
  'what the entry events share': 'きっかけとなるイベントの共通部分',
  '{0} has no property "{1}"{2}': '{0}に「{1}」というプロパティはありません{2}',
  '"{0}" may be missing from {1}: a key must always be there':
    '{1}に「{0}」の値がない場合があります。「key」には必ず値が必要です',
  'a key is of type string, int or date; "{0}" is a {1}':
    '「key」の型は「string」「int」「date」のいずれかです。「{0}」は「{1}」です',
  'nothing ends this marketing journey when the customer buys: add a goal or exit on {0}':
    'お客様が購入しても、このマーケティングのジャーニーは終了しません。次のイベントを目標か終了条件に加えてください: {0}',
  '"{0}" is a name that every template sees: call the value something else':
    '「{0}」はすべてのテンプレートで使われる名前です。値に別の名前を付けてください',
  '"{0}" cannot be used in a template: letters, digits and "_", not a digit first':
    '「{0}」はテンプレートで使えません。使えるのは英字、数字、「_」で、数字では始められません',
  'a cap can hold this message for {0}, but it expires after {1}: {2}':
    '配信数の上限によりこのメッセージは最長{0}保留されますが、有効期限は{1}です。{2}',
  'raise "expires", or let the cap skip': '「expires」を延ばすか、上限の「then」を「skip」にしてください',
  'a marketing email must show the brand\'s {0}: add it under "brand"':
    'マーケティングのメールにはブランドの{0}の表示が必要です。「brand」に書いてください',
  '"layout: none" leaves a marketing email without {0}':
    '「layout: none」のため、マーケティングのメールに必要な次の項目がありません: {0}',
  '{0} has no file for {1}: add {2}': '「{0}」に「{1}」用のファイルがありません。{2} を加えてください',
  '{0} has only {1}: {2}': '「{0}」には「{1}」しかありません。{2}',
  'add {0}, for customers with another locale': 'ほかのロケールのお客様のために {0} を加えてください',
  'the variants of a message have one purpose: {0} says otherwise':
    '1つのメッセージの目的は1つです。「{0}」の目的と異なります',
  'one customer can be sent up to {0} messages in {1} ({2}{3}), but a cap skips what is beyond {4}: send fewer, further apart, or let the cap hold':
    '1人のお客様に{1}のうちに最大{0}通のメッセージが送信されることがあります（{2}{3}）が、上限により{4}通を超えた分は送信されません。数を減らすか、間隔をあけるか、上限の「then」を「hold」にしてください',
  'a day': '1日',
  ', and {0} without a bound': '、ほかに上限のないもの: {0}',
  'this branch is never taken: false never holds': 'この分岐には進みません。「false」が成り立つことはありません',
  'this branch is never taken: {0}': 'この分岐には進みません。{0}',
  'the condition before it always holds': '前の条件が常に成り立ちます',
  'the same condition stands before it': '同じ条件が前にあります',
  'this branch is never taken: a condition before it always holds':
    'この分岐には進みません。前に常に成り立つ条件があります',
  'this branch is never taken: the one before it hears every {0}':
    'この分岐には進みません。前の分岐が次のイベントをすべて受け取ります: {0}',
  '"{0}" of another {1} counts here, too: {2}': '別の「{1}」の「{0}」もここで数えられます。{2}',
  'set "key: event.{0}", or say with "where" which one counts':
    '「key: event.{0}」を指定するか、「where」で対象を絞ってください',
  'this wait ends up to {0} after entry, but an enrollment ends after {1}: {2}':
    'この待機は参加から最長{0}後に終わりますが、参加は{1}で終わります。{2}',
  'raise "lasts", or wait less': '「lasts」を延ばすか、待機を短くしてください',
  'set "lasts", or wait less': '「lasts」を指定するか、待機を短くしてください',
  'the variants of a message have the same answers: {0} differs in {1}':
    '1つのメッセージの回答は、どのファイルでも同じにしてください。「{0}」とは次の回答が異なります: {1}',
  'messages/{0} has a question: write "ask" instead of "send"':
    '「messages/{0}」には質問があります。「send」ではなく「ask」を使ってください',
  'a question cannot be asked by sms: no answer comes back': 'SMS では回答を受け取れないため、質問できません',
  'messages/{0} asks nothing by {1}: give it a "question"':
    '「messages/{0}」は「{1}」では質問していません。「question」を書いてください',
  'messages/{0} has no "answers": what is typed is looked at behind the step, as "answer"':
    '「messages/{0}」に「answers」がありません。入力された回答は、このステップの後で「answer」として使えます',
  'messages/{0} has no answer "{1}"{2}': '「messages/{0}」に回答「{1}」はありません{2}',
  'the trait "{0}" is a {1}, which no answer can be': '属性「{0}」の型は「{1}」で、回答を保存できません',
  'the trait "{0}" is of type {1}, which the answer "{2}" is not':
    '属性「{0}」の型は「{1}」です。回答「{2}」は型が合いません',
  '{0} lies within the quiet hours, {1} to {2}: "{3}" {4}. choose another time':
    '{0}は配信を控える時間帯（{1}〜{2}）にあたります。「{3}」は{4}。別の時刻にしてください',
  'would wait until {0}': '{0}まで保留されます',
  'would not be sent at all': '送信されません',
  '"{0}" begins with {1} as well, and both send by {2}': '「{0}」も「{1}」で始まり、どちらも「{2}」で送信します',
  'everybody is held out: nobody is ever sent anything. a share like 10% leaves people to compare with':
    '全員が配信しないグループに入り、誰にも何も送信されません。比較できるよう、10% のような割合にしてください',
  'nobody is held out of a transactional journey: remove "holdout"':
    '「transactional」のジャーニーでは配信しないグループを作りません。「holdout」を削除してください',
  'an audience needs consent: give the journey the purpose it is for':
    'オーディエンスには同意が必要です。ジャーニーに該当する目的を指定してください',
  '"{0}" is declared without properties: nothing in it can be used':
    '「{0}」はプロパティなしで宣言されているため、内容を使えません',
  'unknown platform "{0}"{1}': 'プラットフォーム「{0}」はありません{1}',
  '"{0}" is not set up: it stands under "ads" in "channels" in settings.yaml':
    '「{0}」は設定されていません。「settings.yaml」の「channels」の「ads」に書いてください',
  'there is no audience "{0}" on {1}{2}': '「{1}」にオーディエンス「{0}」はありません{2}',
  '. give it an id under "audiences" in settings.yaml': '。「settings.yaml」の「audiences」で ID を指定してください',
  'there is no folder messages/{0}{1}': 'フォルダー「messages/{0}」がありません{1}',
  'unknown purpose "{0}"{1}': '目的「{0}」は宣言されていません{1}',
  '. declare it under "purposes" in settings.yaml': '。「settings.yaml」の「purposes」で宣言してください',
  'unknown webhook "{0}"{1}': 'Webhook「{0}」は設定されていません{1}',
  '. give it a "url" under "webhooks" in settings.yaml': '。「settings.yaml」の「webhooks」で「url」を指定してください',
  '"{0}" holds what "{1}" answers already: choose another name':
    '「{0}」にはすでに「{1}」の応答が保存されます。別の名前にしてください',
  'no customer reaches this step: {0}': 'このステップに進むお客様はいません。{0}',
  'the step before it exits': '前のステップで終了します',
  'every branch before it exits': '前のすべての分岐で終了します',
  'this wait ends at a moment in data, and an enrollment after 90 days: say with "lasts" how long it may live':
    'この待機はデータ内の日時に終わりますが、参加は90日で終わります。「lasts」で参加の最長期間を指定してください',
  'no journey uses the event "{0}"': 'イベント「{0}」はどのジャーニーでも使われていません',
  'no journey sends "{0}"': 'メッセージ「{0}」はどのジャーニーからも送信されません',
  'no condition names the segment "{0}"': 'セグメント「{0}」はどの条件でも使われていません',
};
