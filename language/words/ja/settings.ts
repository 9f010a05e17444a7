// Japanese of what is said of settings.yaml, events.yaml and the FAQ.
export const settings = {
  'settings.yaml': '「settings.yaml」',
  'the brand\'s "{0}" is a text': 'ブランドの「{0}」は文字列です',
  'the brand\'s "url" begins with https://': 'ブランドの「url」は「https://」で始まります',
  'a time zone is expected here, like Asia/Tokyo': 'ここには「Asia/Tokyo」のようなタイムゾーンが必要です',
  '"{0}" is no time zone of the IANA list, like Asia/Tokyo':
    '「{0}」は「Asia/Tokyo」のような IANA のタイムゾーンではありません',
  'a locale is expected here, like ja or en-GB': 'ここには「ja」「en-GB」のようなロケールが必要です',
  '"{0}" is no locale: write a language, like ja, or with a region, like en-GB':
    '「{0}」はロケールではありません。「ja」のような言語か、「en-GB」のように地域を付けて書いてください',
  '"purposes" is a list: [marketing]': '「purposes」は [marketing] のようなリストです',
  'the name of a purpose is expected here': 'ここには目的の名前が必要です',
  '"transactional" needs no consent and is always there: leave it out of the list':
    '「transactional」は同意が不要で、常に使えます。リストから外してください',
  '"{0}" cannot name a purpose: small letters, digits, "-" and "_"':
    '「{0}」は目的の名前に使えません。使えるのは英小文字、数字、「-」「_」です',
  '"{0}" is a trait that every customer may have: its type is "string?"':
    '「{0}」はすべてのお客様が持てる属性で、型は「string?」です',

  '"ads" is empty: name a platform and its audiences':
    '「ads」が空です。プラットフォームとそのオーディエンスを書いてください',
  "the advertiser's account": '広告主のアカウント',
  'audiences are given by name: { cart-abandoners: "23840000000000001" }':
    'オーディエンスは { cart-abandoners: "23840000000000001" } のように名前ごとに書きます',
  '"{0}" cannot name an audience: small letters, digits and "-"':
    '「{0}」はオーディエンスの名前に使えません。使えるのは英小文字、数字、「-」です',
  'the platform\'s id of the audience "{0}"': 'オーディエンス「{0}」のプラットフォーム上のID',
  '"value", the property that says what a goal is worth, and "currency" go together':
    '「value」（目標の金額を表すプロパティ）と「currency」は一緒に指定してください',
  '"{0}" is no currency: write its three letters, like JPY':
    '「{0}」は通貨ではありません。「JPY」のように3文字で書いてください',
  'the id of the dataset or pixel': 'データセットまたはピクセルのID',
  '{0} is expected here': 'ここには{0}が必要です',
  '{0} is a number, which "{1}" is not': '{0}は数字です。「{1}」は数字ではありません',

  'a sender is expected here, like "Shop <hello@shop.example>"':
    'ここには「Shop <hello@shop.example>」のような差出人が必要です',
  '"{0}" is no sender: write an address, or "Name <name@shop.example>"':
    '「{0}」は差出人ではありません。アドレスか「Name <name@shop.example>」の形で書いてください',
  '"email" is not set up: give it a "from" under "channels" in settings.yaml':
    '「email」は設定されていません。「settings.yaml」の「channels」で「from」を指定してください',
  '"{0}" is not set up: write "{1}: {}" under "channels" in settings.yaml':
    '「{0}」は設定されていません。「settings.yaml」の「channels」に「{1}: {}」と書いてください',
  'unknown channel "{0}"{1}': 'チャネル「{0}」はありません{1}',
  '"rate" is how many messages may leave, like 14/s, 500/m or 2000/h':
    '「rate」は「14/s」「500/m」「2000/h」のような送信数の上限です',
  '"{0}" is no rate: {1}': '「{0}」は送信数の上限ではありません。{1}',
  'write a whole number from 1 up, a stroke, and s, m or h, like 14/s, 500/m or 2000/h':
    '「14/s」「500/m」「2000/h」のように、1以上の整数、スラッシュ、「s」「m」「h」のいずれかで書いてください',

  'quiet hours end at another time than they begin at': '配信を控える時間帯の終わりは、始まりと別の時刻にしてください',
  '"caps" is a list of { max: 3, per: 7 days, channels: [email], then: skip }':
    '「caps」は { max: 3, per: 7 days, channels: [email], then: skip } のリストです',
  'a cap': '配信数の上限',
  '"max" is a number of messages, like 3': '「max」は「3」のようなメッセージの数です',
  '"max" is a whole number of messages from 1 up, like 3; "{0}" is none':
    '「max」は「3」のような1以上の整数です。「{0}」は違います',
  '"per" is a length of time, like "7 days", or calendar_day':
    '「per」は「7 days」のような時間の長さ、または「calendar_day」です',
  '"per" is a length of time, like "7 days", or calendar_day; "{0}" is none{1}':
    '「per」は「7 days」のような時間の長さ、または「calendar_day」です。「{0}」は違います{1}',
  'a time of day is expected here, like "21:00"': 'ここには「21:00」のような時刻が必要です',
  '"{0}" is no time of day: write hours and minutes, like "21:00"':
    '「{0}」は時刻ではありません。「21:00」のように時と分で書いてください',

  '"segments" is a map of names and conditions: { vip: "customer.orders_count >= 5" }':
    '「segments」は { vip: "customer.orders_count >= 5" } のような名前と条件のマップです',
  '"{0}" cannot name a segment: small letters, digits, "-" and "_", a letter first':
    '「{0}」はセグメントの名前に使えません。英小文字で始め、英小文字、数字、「-」「_」を使ってください',
  '"webhooks" is a map from names to addresses: { crm: { url: https://… } }':
    '「webhooks」は { crm: { url: https://… } } のような名前とアドレスのマップです',
  '"{0}" cannot name a webhook: small letters, digits, "-" and "_"':
    '「{0}」は Webhook の名前に使えません。使えるのは英小文字、数字、「-」「_」です',
  'a webhook': 'Webhook',
  'an address is expected here, like https://crm.example/hook':
    'ここには「https://crm.example/hook」のようなアドレスが必要です',
  '"{0}" is no address that can be called: it begins with https://':
    '「{0}」は呼び出せるアドレスではありません。「https://」で始めてください',

  'properties are a map from names to types: { total: number }':
    'プロパティは { total: number } のような名前と型のマップです',
  '"{0}" cannot be a property: letters, digits and "_", not a digit first':
    '「{0}」はプロパティの名前に使えません。使えるのは英字、数字、「_」で、数字では始められません',
  'types nest at most {0} levels deep': '型の入れ子は{0}段までです',
  'a type is expected here: {0}, a list or a map': 'ここには型が必要です: {0}、リスト、マップ',
  '"{0}" is no type. types are {1}{2}': '「{0}」という型はありません。型は {1} です{2}',
  'a list names the one type of its items: [string]': 'リストには要素の型を1つだけ書きます: [string]',

  'events.yaml is a map from event names to what they carry': '「events.yaml」はイベント名とその内容のマップです',
  'an event': 'イベント',
  '"{0}" cannot name an event: small letters, digits and "_" (order_completed)':
    '「{0}」はイベントの名前に使えません。使えるのは英小文字、数字、「_」です（例: order_completed）',
  '"{0}" is an event of the engine\'s own: choose another name':
    '「{0}」はエンジンが使うイベントです。別の名前にしてください',
  '"{0}" names "{1}", which is not among the properties{2}': '「{0}」の「{1}」がプロパティにありません{2}',
  '"{0}" takes a property of type string, int or date; "{1}" is a {2}':
    '「{0}」に指定できるのは「string」「int」「date」型のプロパティです。「{1}」は「{2}」です',
  '"{0}" already means the event "{1}": a name that is sent can mean one event':
    '「{0}」はすでにイベント「{1}」を指しています。届く名前が指せるイベントは1つだけです',

  '"{0}" is no locale: faq.md, or a locale before its ending: faq.en.md':
    '「{0}」はロケールではありません。「faq.md」か、「faq.en.md」のようにロケールを付けた名前にしてください',
  "there are two for {0}: faq.md is the one of the settings' locale":
    '「{0}」のファイルが2つあります。「faq.md」は設定のロケールのものです',
  '"{0}" has no answer: write it below': '「{0}」に回答がありません。下に書いてください',
  'there is no question in it: begin one with "## "': '質問がありません。「## 」で始まる行に書いてください',
};
