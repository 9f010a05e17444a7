// Japanese of what the commands print.
export const commands = {
  'there is no journey "{0}" in {1}{2}': '「{1}」にジャーニー「{0}」はありません{2}',
  'there is no file {0}': 'ファイル「{0}」がありません',
  '{0} is larger than {1} MB: leave out other customers':
    '「{0}」が{1} MBを超えています。ほかのお客様の分を除いてください',

  '1 journey can be published': '1件のジャーニーを公開できます',
  '{0} journeys can be published': '{0}件のジャーニーを公開できます',

  '"{0}" is no address: set TABIJI_URL to one like https://tabiji.example':
    '「{0}」はアドレスではありません。「TABIJI_URL」に「https://tabiji.example」のようなアドレスを設定してください',
  'no token to ask with: set one of {0}': 'トークンがありません。次のいずれかを設定してください: {0}',
  'no server answers at {0}: start it (npm start), or set TABIJI_URL to where it is':
    '「{0}」のサーバーから応答がありません。「npm start」で起動するか、「TABIJI_URL」にサーバーのアドレスを設定してください',
  'the server at {0} does not know this token ({1}): set one that it knows':
    '「{0}」のサーバーに登録されていないトークンです（{1}）。登録済みのものを設定してください',
  '{0} is no Tabiji server (it answered with status {1}): set TABIJI_URL':
    '「{0}」は Tabiji のサーバーではありません（応答のステータス: {1}）。「TABIJI_URL」を設定してください',
  'no customer has this id; search with /customers?q=':
    'この ID のお客様はいません。「/customers?q=」で検索してください',
  'no journey of this name was ever published; GET /journeys lists them':
    'この名前のジャーニーは公開されていません。「GET /journeys」で一覧を確認してください',
  'nothing was published': '何も公開しませんでした',
  'nothing was published; mend what the diagnostics name and publish again':
    '何も公開しませんでした。示された箇所を直してから、もう一度公開してください',
  '{0} cannot be published:\n{1}mend it and start again':
    '「{0}」を公開できません:\n{1}直してから、もう一度起動してください',
  'there is no folder {0} to publish; set TABIJI_JOURNEYS to one':
    '公開するフォルダー「{0}」がありません。「TABIJI_JOURNEYS」に設定してください',
  'the server at {0} has not answered for a minute: look at its log and publish again':
    '「{0}」のサーバーから1分間応答がありません。ログを確認し、もう一度公開してください',
  "this token ({0}) may not publish: use a marketer's or an admin's":
    'このトークン（{0}）では公開できません。マーケターか管理者のトークンを使ってください',
  '{0}the server at {1} refused it: {2}': '{0}「{1}」のサーバーが受け付けませんでした: {2}',
  'the server at {0} refused it: {1}': '「{0}」のサーバーが受け付けませんでした: {1}',
  'the server at {0} is too busy, or its database is away: try again in a moment':
    '「{0}」のサーバーが混み合っているか、データベースに接続できません。しばらくしてからもう一度お試しください',
  'no token to publish with: set TABIJI_MARKETER_TOKEN or TABIJI_ADMIN_TOKEN (for the server that npm start runs on this machine it is taken from {0}/keys)':
    '公開に使うトークンがありません。「TABIJI_MARKETER_TOKEN」か「TABIJI_ADMIN_TOKEN」を設定してください（このコンピューターで「npm start」したサーバーのトークンは「{0}/keys」から読みます）',
  '{0} in {1}': '{1} の {0}',
  new: '新規',
  'new version': '新しいバージョン',
  unchanged: '変更なし',
  'retired: takes nobody new': '受付終了（新しい参加なし）',
  published: '公開しました',
  'published already: nothing has changed': 'すでに公開済みです。変更はありません',

  'no test in {0}/tests has "{1}" in its name or file':
    '「{0}/tests」に、名前かファイルに「{1}」を含むテストはありません',
  'there are no tests: write the first into {0}/tests/<journey>.test.yaml (docs/testing-journeys.md)':
    'テストがありません。最初のテストを「{0}/tests/<ジャーニー>.test.yaml」に書いてください（docs/testing-journeys.md）',
  'ok      {0}': '成功  {0}',
  'FAILED  {0}': '失敗  {0}',
  'every step and branch was played': 'すべてのステップと分岐を再現しました',
  'not played by any test:': 'どのテストでも通っていません:',
  'nobody enters': '誰も参加しません',
  'nobody comes to this step': 'このステップに誰も到達しません',
  'the message is never sent': 'メッセージが一度も送信されません',
  'never goes on by {0}': '「{0}」での分岐を通りません',
  'never goes on by {0} where {1}': '「{1}」を満たす「{0}」での分岐を通りません',
  'never goes on where {0}': '条件「{0}」の分岐を通りません',
  'never goes on by "else"': '「else」の分岐を通りません',
  'never goes on by "otherwise"': '「otherwise」の分岐を通りません',
  'never answered "{0}"': '回答「{0}」の分岐を通りません',
  'never answered otherwise': 'その他の回答の分岐を通りません',
  'its condition never becomes true': '条件が成立しません',
  'the goal is never reached': '目標に一度も達しません',
  'nobody leaves by "{0}"': '「{0}」で終了する人がいません',
  'also name the steps and branches that no test has played; that is a failure, too':
    'どのテストでも通っていないステップと分岐も表示（あれば失敗として終了）',
  '{0} passed': '成功{0}件',
  '{0} passed, {1} failed': '成功{0}件、失敗{1}件',
  'it could not be played: {0}': '実行できませんでした: {0}',
  'what happened ({0}):': '起きたこと（{0}）:',
  nothing: 'なし',
  'expected  {0}': '期待  {0}',
  'got       {0}': '実際  {0}',
  'expected in another place: facts stand in order of time  {0}':
    '期待する位置が異なります（結果は時刻の順に並びます）  {0}',
  'it said   "{0}": {1}': '内容  「{0}」: {1}',
  '(any time)      ': '（時刻不問）    ',
  '(anyone)': '（誰でも）',
  'Nothing opened: {0}': '参加がなかったジャーニー: {0}',

  'the folder of journeys': 'ジャーニーのフォルダー',
  "the language of what is said; by default the terminal's": '表示の言語（指定しなければ端末の言語）',
  'Customer journeys as YAML: checked, tested in virtual time, published.':
    'YAML で書くカスタマージャーニーの確認、仮想時間でのテスト、公開',
  'show the version': 'バージョンを表示',
  'show this help': 'このヘルプを表示',
  'show the help of a command': 'コマンドのヘルプを表示',
  '(tabiji --help lists the commands)': '（「tabiji --help」でコマンドの一覧を表示します）',
  'Usage:': '使い方:',
  'Arguments:': '引数:',
  'Options:': 'オプション:',
  'Commands:': 'コマンド:',
  'unknown command "{0}"{1}': 'コマンド「{0}」はありません{1}',
  'unknown option "{0}"{1}': 'オプション「{0}」はありません{1}',
  '"{0}" is missing': '「{0}」が指定されていません',
  '"{0}" needs a value': '「{0}」には値が必要です',
  '"{0}" is one of: {1}; "{2}" is none': '「{0}」は次のいずれかです: {1}。「{2}」は違います',
  'there are more words behind the command than it takes': 'コマンドの引数が多すぎます',
  'The server is TABIJI_URL, or the one on this machine. It wants one of {0}; for the server that npm start runs here the token is found in TABIJI_HOME.':
    'サーバーは「TABIJI_URL」、またはこのコンピューターのものです。トークンは次のいずれかです: {0}（ここで「npm start」したサーバーのトークンは「TABIJI_HOME」から読みます）',
  'say all that is wrong with a folder of journeys, or that nothing is': 'ジャーニーのフォルダーにある問題をすべて表示',
  'play the tests in <folder>/tests/*.test.yaml: months pass in a moment, nothing is sent':
    '「<folder>/tests/*.test.yaml」のテストを実行（何か月分も一瞬で進み、何も送信しません）',
  'only tests with this text in their name or file': '名前かファイルにこの文字列を含むテストだけを実行',
  'play what happens to one customer, and tell moment by moment what comes of it and why':
    '1人のお客様に起きることを再現し、その結果と理由を時刻ごとに表示',
  'what happens: rows of a test (.yaml, .json), or calls of Segment (.ndjson)':
    '起きること: テストの行（.yaml、.json）、または Segment の呼び出し（.ndjson）',
  'who it is, as a test writes it: "{ id: c1, email: … }", or the file that says it':
    'お客様: テストと同じ書き方（"{ id: c1, email: … }"）、またはそれを書いたファイル',
  'only these journeys; by default all': 'これらのジャーニーだけ（指定しなければすべて）',
  'for machines': 'プログラム向けに JSON で出力',
  'check a folder and make it live, as a whole or not at all':
    'フォルダーを確認し、全体を公開（問題があれば何も公開しません）',
  'say why a customer is in a journey or not, why each message went or did not, and what comes next':
    'お客様がジャーニーに参加している（いない）理由、メッセージごとの送信の有無とその理由、この後の予定を表示',
  "the shop's id of the customer, the e-mail address, or ours":
    'お客様のストアのID、メールアドレス、または Tabiji のID',
  'the name of the journey': 'ジャーニーの名前',
  'as the server answers it': 'サーバーの応答のまま出力',
};
