// Japanese of what is said of any file: its YAML, the shape of its values, the folder it lies in.
export const files = {
  '{0}. {1}': '{0}。{1}',
  '{0}, {1}': '{0}、{1}',
  '{0} or {1}': '{0} または {1}',
  '{0} and {1}': '{0}と{1}',
  '"{0}"': '「{0}」',
  '. did you mean "{0}"?': '。「{0}」のことですか？',
  'did you mean "{0}"?': '「{0}」のことですか？',
  'warning: {0}': '警告: {0}',
  '1 error': 'エラー1件',
  '{0} errors': 'エラー{0}件',
  '1 warning': '警告1件',
  '{0} warnings': '警告{0}件',
  'there is more: put the first {0} right, then check again':
    'ほかにも問題があります。まず最初の{0}件を直してから、もう一度確認してください',
  '1 day': '1日',
  '{0} days': '{0}日',
  '1 hour': '1時間',
  '{0} hours': '{0}時間',
  '1 minute': '1分',
  '{0} minutes': '{0}分',
  '1 second': '1秒',
  '{0} seconds': '{0}秒',

  '{0} is a map of keys and values': '{0}はキーと値のマップです',
  '{0} needs {1}': '{0}には{1}が必要です',
  '"{0}" is not supported yet': '「{0}」にはまだ対応していません',
  '{0} has no key "{1}"{2}': '{0}に「{1}」というキーはありません{2}',
  '"{0}" stands here twice': '「{0}」が重複しています',
  'a key must be a word; if this is a condition, put it in quotes':
    'キーには単語を書いてください。条件であれば引用符で囲んでください',
  'a comma inside braces ends the value before it: put a value that has one in quotes':
    '波括弧の中ではカンマで値が区切られます。カンマを含む値は引用符で囲んでください',
  '{0} is one of: {1}': '{0}は次のいずれかです: {1}',
  '{0} is one of: {1}{2}': '{0}は次のいずれかです: {1}{2}',
  '{0} is a length of time, like "3 days" or "1 hour"': '{0}は「3 days」「1 hour」のような時間の長さです',
  '"{0}" is no length of time: write a whole number and a unit, like "3 days" or "90 minutes"':
    '「{0}」は時間の長さではありません。「3 days」「90 minutes」のように整数と単位で書いてください',
  '"{0}" is no length of time': '「{0}」は時間の長さではありません',
  '{0} is true or false': '{0}は true か false です',
  '"{0}" is a text': '「{0}」は文字列です',
  '"{0}" is a word': '「{0}」は単語です',
  'values are given as a map: { percent: 10 }': '値は { percent: 10 } のようにマップで書きます',
  'a name is expected here': 'ここには名前が必要です',
  '"{0}" is already in the list': '「{0}」はすでにリストにあります',

  'nested more than {0} levels deep': '入れ子が{0}段を超えています',
  'this quote is never closed': 'この引用符が閉じられていません',
  'nothing is marked "&{0}" before "*{1}"': '「*{1}」より前に「&{0}」がありません',
  'more than {0} aliases: write the parts out': 'エイリアスが{0}個を超えています。エイリアスを使わずに書いてください',
  'YAML reads what begins with "!" as a tag: put the condition in quotes':
    'YAML では「!」で始まるものがタグとして読まれます。条件を引用符で囲んでください',
  'a value with a colon and a space in it must stand in quotes': 'コロンと空白を含む値は引用符で囲んでください',
  'tabs cannot indent YAML: use spaces': 'YAML のインデントにタブは使えません。空白を使ってください',
  'a file holds one document: remove the line "---"':
    '1つのファイルに書けるドキュメントは1つです。「---」の行を削除してください',
  'this line is indented deeper than the value above it can be': 'この行のインデントが、上の値に対して深すぎます',
  'the line below is indented as if it belonged to this value: line it up with the key':
    '下の行が、この値の一部としてインデントされています。キーの位置に揃えてください',
  'a value cannot begin with "{0}": put it in quotes': '値は「{0}」で始められません。引用符で囲んでください',
  'a value cannot begin with "*": put it in quotes': '値は「*」で始められません。引用符で囲んでください',
  'the value ended before this: if it is all one condition, put the whole in single quotes':
    '値はこれより前で終わっています。全体が1つの条件であれば、全体を単一引用符で囲んでください',
  'brackets inside braces start a list or map: if this is a condition, put the whole in quotes':
    '波括弧の中の括弧は、リストやマップの始まりになります。条件であれば全体を引用符で囲んでください',
  'this line is not indented like the ones beside it': 'この行のインデントが、並びの行と揃っていません',
  'a key is followed by a colon and a space': 'キーの後にはコロンと空白が必要です',
  'a comma is missing before this': 'この前にカンマがありません',
  'behind a colon stands a space': 'コロンの後には空白が必要です',
  '"{0}" means nothing in double quotes: use single quotes':
    '二重引用符の中では「{0}」を使えません。単一引用符を使ってください',
  'before "#" stands a space; if it is no comment, put the value in quotes':
    '「#」の前には空白が必要です。コメントでなければ値を引用符で囲んでください',
  'a list begins on a line of its own': 'リストは新しい行から書き始めてください',
  'nothing can stand here: a bracket or quote too many, or a value that belongs in quotes':
    'ここには何も書けません。括弧や引用符が多いか、引用符で囲むべき値です',
  '"{0}" is missing here': 'ここに「{0}」がありません',
  'behind "|" and ">" nothing stands: the text begins on the next line':
    '「|」「>」の後には何も書けません。文字列は次の行から始めてください',
  'YAML says: {0}': 'YAML のエラー: 「{0}」',

  'larger than {0} KB': '{0} KBを超えています',
  'a folder holds at most {0} files': 'フォルダーに置けるファイルは{0}個までです',
  'journey files end in .yaml: rename it': 'ジャーニーのファイル名は「.yaml」で終わります。名前を変えてください',
  'there is no {0}: a folder of journeys needs one': '「{0}」がありません。ジャーニーのフォルダーに必要です',
  'there is no folder {0}': 'フォルダー「{0}」がありません',
  '{0} is a file: name the folder that it lies in':
    '「{0}」はファイルです。そのファイルがあるフォルダーを指定してください',
  '{0} holds more than {1} files: is it the right one?':
    '「{0}」のファイルが{1}個を超えています。フォルダーは正しいですか？',
  '{0} is a link that leads out of the folder: put the file itself there':
    '「{0}」はフォルダーの外へのリンクです。ファイルそのものを置いてください',
  '{0} is no ordinary file': '「{0}」は通常のファイルではありません',
  '{0} is larger than {1} KB': '「{0}」が{1} KBを超えています',
  '{0} is not UTF-8: save it with that encoding': '「{0}」は UTF-8 ではありません。UTF-8 で保存してください',
};
