// Japanese of what the engine answers to commands: its sentences are English, and stand here as they are.
export const answers = {
  'no enrollment has this id': 'この ID の参加はありません',
  'no message stands under this key': 'このキーのメッセージはありません',
  'no message stands under this key: nothing of it is queued or held':
    'このキーのメッセージはありません。送信待ちや保留中のものはありません',
  'no conversation has this id': 'この ID の会話はありません',
  'no customer has this id': 'この ID のお客様はいません',
  'no journey of this name was ever published': 'この名前のジャーニーは公開されていません',
  '{0}: there is nothing to eject': '{0}。外すものはありません',
  '{0}: there is nothing to pause': '{0}。一時停止するものはありません',
  '{0}: there is nothing to resume': '{0}。再開するものはありません',
  '{0}: there is nothing to release': '{0}。続行させるものはありません',
  'this enrollment has completed': 'この参加は完了しています',
  'this enrollment has ended ({0})': 'この参加は終了しています（{0}）',
  'this enrollment was ejected already': 'この参加はすでに外されています',
  'this enrollment is paused already': 'この参加はすでに一時停止中です',
  'this enrollment is not paused': 'この参加は一時停止中ではありません',
  'it is the journey that is paused, not this enrollment; resume the journey':
    '一時停止中なのはこの参加ではなくジャーニーです。ジャーニーを再開してください',
  'this enrollment runs: there is nothing to release': 'この参加は進行中です。続行させる必要はありません',
  'this enrollment needs attention: release it first': 'この参加は要対応です。先に続行させるか、外してください',
  'one of its messages is on its way; release it in a few minutes':
    'この参加のメッセージを送信中です。数分後にもう一度お試しください',
  'this message was cancelled already': 'このメッセージはすでに取り消されています',
  'this message is being handed over right now: it is too late to cancel it':
    'このメッセージは送信中のため、取り消せません',
  'this message does not go out: {0} ({1})': 'このメッセージは送信されません: {0}（{1}）',
  'this message has gone out ({0}): it is too late to cancel it':
    'このメッセージは送信済みのため、取り消せません（{0}）',
  'this message is being handed over right now: come again in a few minutes':
    'このメッセージは送信中です。数分後にもう一度お試しください',
  'it is known what became of this message: {0}': 'このメッセージの結果はわかっています: {0}',
  'this message stands as {0} already': 'このメッセージはすでに「{0}」として記録されています',
  'this was reported already': 'すでに報告されています',
  'its step is not in this version of the journey any more':
    'このメッセージのステップは、現在のバージョンのジャーニーにありません',
  'only a message of which nobody knows whether it went is sent once more; this one is {0}':
    '再送できるのは結果不明のメッセージだけです。このメッセージは「{0}」です',
  'this enrollment has ended ({0}), and nothing is sent after that; say whether it went with resolve':
    'この参加は終了しているため（{0}）、もう送信されません。届いたかどうかを記録してください',
  'this message waits to be sent once more already': 'このメッセージはすでに再送待ちです',
  'another message of this enrollment waits to be sent once more; come again when that is over':
    'この参加の別のメッセージが再送待ちです。終わってからもう一度お試しください',
  'a webhook is not called once more by hand': 'Webhook を手動で呼び直すことはできません',
  'the journey is just taking up what became of this message: come again in a moment':
    'ジャーニーがこのメッセージの結果を処理しています。しばらくしてからもう一度お試しください',
  'this journey is stopped: nobody is in it and nobody enters; resume it first':
    'このジャーニーは停止しています。参加中のお客様も参加の受付もありません。先に再開してください',
  'its open enrollments are still being ended; resume it in a moment':
    '参加を終了する処理がまだ続いています。しばらくしてから再開してください',
  'this journey is paused already': 'このジャーニーはすでに一時停止中です',
  'this journey is stopped already': 'このジャーニーはすでに停止しています',
  'this journey is neither paused nor stopped': 'このジャーニーは一時停止も停止もしていません',
  'this conversation was resolved already': 'この会話はすでに対応済みです',
  'this conversation is resolved: what you say would reach nobody': 'この会話は対応済みのため、返信しても届きません',
  'this was said already': 'すでに送信されています',
  'this customer has no {0}: there is nothing to suppress': 'このお客様には配信を停止する宛先がありません（{0}）',
  'this address is suppressed already': 'この宛先への配信はすでに停止しています',
  'nothing is suppressed at the address of this customer': 'このお客様の宛先への配信は停止していません',
};
