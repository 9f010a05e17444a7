// What can be done for a customer by hand: its button, what is asked first, and what it will do.

const en = {
  acts: {
    eject: {
      label: 'Take out',
      title: 'Take the customer out of this journey?',
      says: 'The enrollment ends now. What it had still to send is not sent. This cannot be undone.',
    },
    pause: {
      label: 'Pause',
      title: 'Pause this enrollment?',
      says: 'Nothing is sent from it until it is resumed. Its waits go on, and events are kept.',
    },
    resume: {
      label: 'Resume',
      title: 'Resume this enrollment?',
      says: 'What fell due meanwhile leaves now, if nothing else forbids it.',
    },
    runOn: {
      label: 'Let it go on',
      title: 'Let this enrollment go on?',
      says: 'Its last turn is decided anew. Messages that were sent are not sent again.',
    },
    cancel: {
      label: 'Cancel',
      title: 'Cancel this message?',
      says: 'It is not sent. The journey goes on as after any message that is not sent.',
    },
    wasSent: {
      label: 'It arrived',
      title: 'Record that this message arrived?',
      says: 'Say so only if the customer has it. It is not sent again.',
    },
    wasNotSent: {
      label: 'It did not arrive',
      title: 'Record that this message did not arrive?',
      says: 'It counts as failed. It is not sent again by itself.',
    },
    resend: {
      label: 'Send again',
      title: 'Send this message once more?',
      says: 'The customer may have it already, and then gets it twice. Nothing is sent that may not be sent now.',
    },
    withdraw: {
      label: 'Withdraw',
      title: 'Record that the customer withdrew this consent?',
      says: 'Nothing that needs it is sent from now on. Only the customer can give it again.',
    },
    suppress: {
      label: 'Write no more',
      title: 'Never write to this address again?',
      says: 'No mail goes to it any more, not even about orders. Use it only if the customer asks for it.',
    },
    lift: {
      label: 'Lift',
      title: 'Let this address be written to again?',
      says: 'Messages go there again, as far as consents allow. What was kept back stays unsent.',
      warns: {
        hard_bounce:
          'The mail provider said that this address does not exist. Do it only if it works again: mail that bounces once more harms the shop’s standing with all providers. What was kept back stays unsent.',
        complaint:
          'The customer reported a mail as unwanted. Do it only if they ask for it themselves: another complaint harms the shop’s standing with all providers. What was kept back stays unsent.',
        requested:
          'The customer asked never to be written to. Do it only if they ask for it themselves. Messages go there again, as far as consents allow; what was kept back stays unsent.',
      } as { [reason: string]: string },
      because: 'Why, for the record',
    },
  },
};

const ja: typeof en = {
  acts: {
    eject: {
      label: '外す',
      title: 'このジャーニーから外しますか？',
      says: '参加をすぐに終了し、残りのメッセージは送信しません。元に戻せません。',
    },
    pause: {
      label: '一時停止',
      title: 'この参加を一時停止しますか？',
      says: '再開するまで何も送信しません。待ち時間は進み、イベントは保存されます。',
    },
    resume: {
      label: '再開',
      title: 'この参加を再開しますか？',
      says: '停止中に予定時刻を過ぎたものは、問題がなければすぐに送信します。',
    },
    runOn: {
      label: '続行',
      title: 'この参加を続行しますか？',
      says: '最後の処理をやり直します。送信済みのメッセージは再送しません。',
    },
    cancel: {
      label: '取り消す',
      title: 'このメッセージを取り消しますか？',
      says: '送信しません。ジャーニーはそのまま先へ進みます。',
    },
    wasSent: {
      label: '届いていた',
      title: 'このメッセージが届いたと記録しますか？',
      says: 'お客様が受け取っている場合だけ記録してください。再送はしません。',
    },
    wasNotSent: {
      label: '届いていない',
      title: 'このメッセージが届かなかったと記録しますか？',
      says: '失敗として扱います。自動で再送はしません。',
    },
    resend: {
      label: '再送する',
      title: 'このメッセージをもう一度送信しますか？',
      says: 'すでに届いている場合、お客様は同じものを二度受け取ります。いま送信できない状態であれば送信しません。',
    },
    withdraw: {
      label: '撤回を記録',
      title: 'お客様がこの同意を撤回したと記録しますか？',
      says: 'この同意が必要なメッセージは今後送信しません。再び同意できるのはお客様だけです。',
    },
    suppress: {
      label: '配信を停止',
      title: 'この宛先への配信をすべて停止しますか？',
      says: 'ご注文に関するものを含め、メールを一切送信しません。お客様のご希望がある場合だけ行ってください。',
    },
    lift: {
      label: '解除',
      title: 'この宛先への配信を再開しますか？',
      says: '同意の範囲で再び送信します。停止中に控えたものは送信しません。',
      warns: {
        hard_bounce:
          'メール事業者から、この宛先は存在しないと通知されています。再び使えると確認できた場合だけ解除してください。また戻ると、ストア全体の評価が下がります。停止中に控えたものは送信しません。',
        complaint:
          'お客様が迷惑メールとして申告しています。お客様ご自身の希望がある場合だけ解除してください。再び申告されると、ストア全体の評価が下がります。停止中に控えたものは送信しません。',
        requested:
          'お客様のご希望で停止しています。ご自身の希望がある場合だけ解除してください。同意の範囲で再び送信し、停止中に控えたものは送信しません。',
      },
      because: '理由（記録に残ります）',
    },
  },
};

export const acts = { en, ja };
