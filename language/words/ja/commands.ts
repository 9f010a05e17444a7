// Japanese of what the commands print.
export const commands = {
  'there is no journey "{0}" in {1}{2}': '「{1}」にジャーニー「{0}」はありません{2}',
  'there is no file {0}': 'ファイル「{0}」がありません',
  '{0} is larger than {1} MB: leave out other customers':
    '「{0}」が{1} MBを超えています。ほかのお客様の分を除いてください',
};
