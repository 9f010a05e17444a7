// Japanese of what is said of messages: their files, Liquid, MJML.
export const messages = {
  'a front matter': 'フロントマター',
  '"{0}" cannot name a message: small letters, digits and "-"':
    '「{0}」はメッセージの名前に使えません。使えるのは英小文字、数字、「-」です',
  '"{0}" in the file\'s name is no locale, like en or en-GB':
    'ファイル名の「{0}」は「en」「en-GB」のようなロケールではありません',
  "a message's files are called {0}, or with a locale email.en.mjml":
    'メッセージのファイル名は {0}、またはロケールを付けた「email.en.mjml」の形です',
  'the same channel and locale as {0}: keep one of them':
    'チャネルとロケールが「{0}」と同じです。どちらか一方だけにしてください',
  'an email begins with its front matter: "---", "subject: …", "---"':
    'メールはフロントマター（「---」「subject: …」「---」）で始めてください',
  '"{0}" is a text: put it in quotes, above all if it begins with "{{"':
    '「{0}」は文字列です。引用符で囲んでください。「{{」で始まる場合は必須です',
  '"purpose" is a word, like marketing': '「purpose」は「marketing」のような単語です',
  'a short message': '短いメッセージ',
  'a short message needs "body"; one that asks may have its "question" instead':
    '短いメッセージには「body」が必要です。質問するものは代わりに「question」でも構いません',
  '"{0}" is a whole address: write it with https:// in front':
    '「{0}」は完全なアドレスです。「https://」から書いてください',
  '"answers" needs a "question" beside it: what they answer':
    '「answers」には「question」（答えてもらう質問）が必要です',
  '"question" is a text: put it in quotes': '「question」は文字列です。引用符で囲んでください',
  '"answers" is a map from answers to what people read: { good: よかった }':
    '「answers」は { good: よかった } のような回答と表示文のマップです',
  '"answers" is empty: leave it out where the answer is typed':
    '「answers」が空です。自由に入力してもらう場合は書かないでください',
  'what people read of an answer is a text': '回答の表示文は文字列です',
  '"{0}" cannot be an answer: letters, digits, "-" and "_"':
    '「{0}」は回答に使えません。使えるのは英字、数字、「-」「_」です',

  'a list cannot be written out: use "for", or "join"':
    'リストはそのまま出力できません。「for」か「join」を使ってください',
  'a map cannot be written out: name one of its properties':
    'マップはそのまま出力できません。プロパティを指定してください',
  '"for" goes through a list; this is a {0}': '「for」で繰り返せるのはリストです。これは「{0}」です',
  '"liquid" is not read here: write each tag in its own {% … %}':
    '「liquid」タグは使えません。タグをそれぞれ {% … %} で書いてください',
  '"{0}" may be missing: {1}': '「{0}」に値がない場合があります。{1}',
  'give it a default first ("| default: …"), or ask for it in an "if"':
    '最初に「| default: …」で既定値を与えるか、「if」で確認してください',
  '"{0}" would read another file: write the part here':
    '「{0}」で別のファイルは読み込めません。内容をここに書いてください',
  'tags and brackets nest at most {0} levels deep': 'タグと括弧の入れ子は{0}段までです',
  'a tag is at most {0} characters long': '1つのタグは{0}文字までです',
  'unknown variable "{0}"{1}': '変数「{0}」はありません{1}',
  '"{0}" has no property "{1}"{2}': '「{0}」に「{1}」というプロパティはありません{2}',
  '"{0}" is a {1} and has no "{2}"': '「{0}」は「{1}」で、「{2}」はありません',

  'output "{0}" not closed': '出力「{0}」が閉じられていません',
  'tag "{0}" not closed': 'タグ「{0}」が閉じられていません',
  'tag {0} not closed': 'タグ「{0}」が閉じられていません',
  'unknown tag "{0}"': 'タグ「{0}」はありません',
  'undefined filter: {0}': 'フィルター「{0}」はありません',
  'this is no value: {0}': 'これは値ではありません: 「{0}」',
  'this is not expected here: {0}': 'ここには書けません: 「{0}」',
  'the name of a filter is missing here': 'ここにフィルターの名前がありません',
  'the name of a variable is missing here': 'ここに変数の名前がありません',
  'a tag begins with its name: {% if … %}': 'タグは {% if … %} のように名前で始めてください',
  'this tag cannot be read: {0}': 'このタグは読めません: 「{0}」',
  '"else" stands once, and last': '「else」は1つだけ、最後に書いてください',
  'a bracket is not closed': '括弧が閉じられていません',
  'Liquid says: {0}': 'Liquid のエラー: 「{0}」',

  'files cannot be included: write the part here': '別のファイルは読み込めません。内容をここに書いてください',
  'not MJML: it begins with <mjml> and holds one <mj-body>':
    'MJML ではありません。「<mjml>」で始め、「<mj-body>」を1つ入れてください',
  'MJML loses this here: {0}': 'MJML ではここの記述が失われます。{0}',
  'write it inside <mj-text>, or as <mj-raw>{% … %}</mj-raw> between elements':
    '「<mj-text>」の中に書くか、要素の間では「<mj-raw>{% … %}</mj-raw>」としてください',
  '<{0}> is still open here: close it first': '「<{0}>」が閉じられていません。先に閉じてください',
  '<{0}> was never opened': '「<{0}>」の開始タグがありません',
  '<{0}> is never closed': '「<{0}>」が閉じられていません',
  'MJML elements nest at most {0} levels deep': 'MJML の要素の入れ子は{0}段までです',
  'there is no element <{0}>': '要素「<{0}>」はありません',
  '<{0}>: {1}': '「<{0}>」: {1}',
  'it has no attribute {0}': '属性「{0}」はありません',
  '<{0}> cannot stand inside <{1}>, only inside: {2}':
    '「<{0}>」は「<{1}>」の中に書けません。書けるのは次の中です: {2}',
  'the attribute "{0}" is one of: {1}; "{2}" is none': '属性「{0}」は次のいずれかです: {1}。「{2}」は違います',
  'the attribute "{0}" is a number with a unit ({1}); "{2}" is none':
    '属性「{0}」は単位（{1}）の付いた数です。「{2}」は違います',
  '"{0}" cannot be the value of the attribute "{1}"': '「{0}」は属性「{1}」の値に使えません',
  'MJML says: {0}': 'MJML のエラー: 「{0}」',
};
