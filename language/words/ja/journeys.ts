// Japanese of what is said of a journey's head and steps.
export const journeys = {
  'a journey': 'ジャーニー',
  'a step "{0}"': 'ステップ「{0}」',
  'an exit': '終了条件',
  'a wait': '待機',
  'a tag is a text': 'タグは文字列です',
  'a journey has a name, like cart-abandonment': 'ジャーニーには「cart-abandonment」のような名前が必要です',
  '"{0}" cannot name a journey: small letters, digits and "-", a letter first':
    '「{0}」はジャーニーの名前に使えません。英小文字で始め、英小文字、数字、「-」を使ってください',
  '"enter" needs "on" or "when": the event that opens it, or the condition':
    '「enter」には「on」（きっかけのイベント）か「when」（条件）が必要です',
  '"{0}" does not go together with "when": there is no entry event':
    '「{0}」は「when」と一緒に使えません。きっかけのイベントがないためです',
  '"key" is one property of the event, like event.cart_id':
    '「key」は「event.cart_id」のようなイベントのプロパティ1つです',
  '"key" is one property of the event: write it as event.cart_id':
    '「key」はイベントのプロパティ1つです。「event.cart_id」のように書いてください',
  '"again" is one of: {0}, or a length like "after 30 days"':
    '「again」は次のいずれか、または「after 30 days」のような長さです: {0}',
  '"until" is before "from"': '「until」が「from」より前です',
  '{0} is a day, like 2026-12-01': '{0}は「2026-12-01」のような日付です',
  '{0} is a day, like 2026-12-01; "{1}" is none': '{0}は「2026-12-01」のような日付です。「{1}」は違います',
  '"exit" is a list: each begins with "- on: …"': '「exit」はリストです。それぞれ「- on: …」で始めてください',
  'an exit needs "on" or "if": the event that ends it, or the condition':
    '終了条件には「on」（終了させるイベント）か「if」（条件）が必要です',
  'an exit has "{0}" or "if", not both': '終了条件には「{0}」か「if」のどちらか一方だけを書いてください',
  'an exit with "if" needs "as": the reason, for there is no event to name it':
    '「if」による終了条件には「as」（理由）が必要です。理由となるイベント名がないためです',
  '"holdout" is a share, like 10%': '「holdout」は「10%」のような割合です',
  '"holdout" is a share between 0% and 100%, like 10%; "{0}" is none':
    '「holdout」は「10%」のような0%から100%までの割合です。「{0}」は違います',
  '"priority" is a number from 1 (first) to 9': '「priority」は1（最優先）から9までの数字です',
  '"priority" is a number from 1 (first) to 9; "{0}" is none':
    '「priority」は1（最優先）から9までの数字です。「{0}」は違います',
  'the name of an event is expected here': 'ここにはイベントの名前が必要です',
  'a reason is one word, like cart_emptied': '理由は「cart_emptied」のような1語です',
  '"{0}" is a reason that the engine gives itself: choose another word':
    '「{0}」はエンジンが使う理由です。別の語にしてください',
  '"{0}" cannot be a reason: small letters, digits and "_"':
    '「{0}」は理由に使えません。使えるのは英小文字、数字、「_」です',

  'branches nest at most {0} levels deep': '分岐の入れ子は{0}段までです',
  'steps are a list: each begins with "- " and the kind of the step':
    'ステップはリストです。それぞれ「- 」とステップの種類で始めてください',
  'a step is a map whose first key names its kind, like "- send: welcome"':
    'ステップは「- send: welcome」のように、最初のキーで種類を表すマップです',
  'an empty step: remove it, or name its kind first': 'ステップが空です。削除するか、最初に種類を書いてください',
  'the first key of a step names its kind: write "{0}" before "{1}"':
    'ステップの最初のキーは種類です。「{1}」より前に「{0}」を書いてください',
  'there is no step "{0}". steps are {1}{2}': 'ステップ「{0}」はありません。ステップの種類: {1}{2}',
  'an id is a name made of letters, digits and "-"': 'ID は英字、数字、「-」からなる名前です',
  '"{0}" cannot be an id: letters, digits and "-", at most 64':
    '「{0}」は ID に使えません。使えるのは英字、数字、「-」で、64文字までです',
  'a step "if" needs "then": the steps to take when it holds':
    'ステップ「if」には「then」（条件を満たすときのステップ）が必要です',
  '"choose" is a list of { when: …, then: […] }': '「choose」は { when: …, then: […] } のリストです',
  '"choose" is empty: give it an arm': '「choose」が空です。分岐を書いてください',
  'an arm of "choose"': '「choose」の分岐',
  '"otherwise" comes last: what stands behind it is never reached':
    '「otherwise」は最後に書きます。その後ろには進みません',
  'an arm is either { when: …, then: […] } or, as the last, { otherwise: […] }':
    '分岐は { when: …, then: […] } か、最後であれば { otherwise: […] } です',

  'a step "{0}" needs "by": the channel, or a list of channels tried in order':
    'ステップ「{0}」には「by」（チャネル、または順に試すチャネルのリスト）が必要です',
  'the name of a message is expected here: a folder in messages/':
    'ここにはメッセージの名前（「messages」の中のフォルダー名）が必要です',
  'a channel is expected here, like email': 'ここには「email」のようなチャネルが必要です',
  '"skip_if_known" needs "save": the trait that says whether the answer is known':
    '「skip_if_known」には「save」（回答を保存する属性）が必要です',
  '"save" is a trait of the customer, like customer.skin_type':
    '「save」は「customer.skin_type」のようなお客様の属性です',
  '"save" is a trait of the customer: write it as customer.skin_type':
    '「save」はお客様の属性です。「customer.skin_type」のように書いてください',
  '"answers" is a map from answers to steps: { good: [{ send: thanks }] }':
    '「answers」は { good: [{ send: thanks }] } のような回答とステップのマップです',

  '"set" is a map from traits to values: { lifecycle: retained }':
    '「set」は { lifecycle: retained } のような属性と値のマップです',
  '"set" is empty: name a trait and its value': '「set」が空です。属性と値を書いてください',
  'a computed value': '計算する値',
  '. declare it under "customer" in settings.yaml': '。「settings.yaml」の「customer」で宣言してください',
  'unknown trait "{0}"{1}': '属性「{0}」は宣言されていません{1}',
  'the trait "{0}" is of type {1}': '属性「{0}」の型は {1} です',
  'the trait "{0}" is of type {1}, which this is not': '属性「{0}」の型は {1} です。この値は型が合いません',
  'list of {0}': '{0} のリスト',

  '"audience" either adds or removes: {0}': '「audience」には追加か除外のどちらか一方を書いてください: {0}',
  '"audience" needs "platforms": a list like [meta, google]':
    '「audience」には [meta, google] のような「platforms」が必要です',
  '"keep" says how long whoever is added stays: it has no place in a removal':
    '「keep」は追加したお客様を残す期間です。除外には使えません',
  'the name of an audience is expected here, as in settings.yaml':
    'ここには「settings.yaml」にあるオーディエンスの名前が必要です',
  'a platform is expected here, like meta': 'ここには「meta」のようなプラットフォームが必要です',
  '"keep" is a length of time, like "14 days", or until_exit, or forever':
    '「keep」は「14 days」のような時間の長さ、「until_exit」「forever」のいずれかです',
  '"keep" is a length of time, like "14 days", or until_exit, or forever; "{0}" is none{1}':
    '「keep」は「14 days」のような時間の長さ、「until_exit」「forever」のいずれかです。「{0}」は違います{1}',
  '"until: resolved" needs "within": how long the person is waited for at most':
    '「until: resolved」には「within」（担当者を待つ最長の時間）が必要です',
  '"within" says how long is waited for "until: resolved", which is not here':
    '「within」は「until: resolved」を待つ時間ですが、「until: resolved」がありません',
  'who is called in is expected here, like support': 'ここには「support」のような引き継ぎ先が必要です',
  '"{0}" cannot name who is called in: small letters, digits, "-" and "_"':
    '「{0}」は引き継ぎ先の名前に使えません。使えるのは英小文字、数字、「-」「_」です',
  '"note" is a text for the person': '「note」は担当者への文章です',
  '"note" is at most {0} characters long': '「note」は{0}文字までです',
  'the name of a webhook is expected here, as in settings.yaml':
    'ここには「settings.yaml」にある Webhook の名前が必要です',
  '"save" is a word: the answer is vars.<word> from then on': '「save」は単語です。応答は以後「vars.<単語>」で使えます',
  '"{0}" cannot name an answer: small letters, digits and "_"':
    '「{0}」は応答の名前に使えません。使えるのは英小文字、数字、「_」です',
  'a value for a webhook is data': 'Webhook に渡す値はデータです',

  '"{0}" belongs inside "wait", one level deeper': '「{0}」は「wait」の中に、1段深く書いてください',
  'a wait is a length ("2 days"), or has "on", "first_of", "until_no", "at", "until" or "if"':
    '待機は「2 days」のような長さか、「on」「first_of」「until_no」「at」「until」「if」のいずれかを持つマップです',
  'a wait with "until_no" needs "for": how long the event must stay away':
    '「until_no」の待機には「for」（イベントが途絶える長さ）が必要です',
  '"first_of" is a list of { on: …, then: […] }': '「first_of」は { on: …, then: […] } のリストです',
  '"first_of" is empty: it waits for nothing': '「first_of」が空です。待つものがありません',
  'a branch of "first_of"': '「first_of」の分岐',
  'a wait without "within" is bounded by "lasts" only and has no "otherwise": add "within"':
    '「within」のない待機は「lasts」だけが期限で、「otherwise」を持てません。「within」を書いてください',
  'a time-out is "within" or "until", not both': '期限には「within」か「until」のどちらか一方だけを書いてください',
  '"{0}" belongs to a moment: it needs "until"': '「{0}」は日時に付けるものです。「until」が必要です',
  '"{0}" does not go together with {1} in one wait': '「{0}」は1つの待機の中で{1}と一緒に使えません',
  'a moment is moved one way: "plus" or "minus", not both':
    '日時をずらせるのは一方向だけです。「plus」か「minus」のどちらか一方だけを書いてください',
  '"at" is a time of day, like "09:00"': '「at」は「09:00」のような時刻です',
  '{0}; "{1}" is none': '{0}。「{1}」は違います',
  '"in_days" is a whole number of days, like 2': '「in_days」は「2」のような整数の日数です',
  '{0}{1}; "{2}" is none': '{0}{1}。「{2}」は違います',
  ', without a unit': '（単位は付けません）',
  '"weekdays" is empty: no day would ever fit': '「weekdays」が空です。当てはまる曜日がありません',
  'a day of the week': '曜日',
  '"until" is a date or a time': '「until」は日付または日時です',
};
