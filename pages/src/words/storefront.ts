// What the pages for the storefront developer say.

const en = {
  tail: {
    title: 'Events as they come in',
    lead: 'The newest events from all sources, and what each one did.',
    name: 'Only this event',
    all: 'All events',
    nothing: 'No event has come in yet. The page “Connect” says how to send one.',
    didNothing: 'It concerned no journey.',
    flags: 'Not of the declared type',
    flag: (path: string, declared: string) => `${path} should be ${declared}`,
    customer: 'Customer',
    event: 'Event',
    at: 'Received',
    from: 'From',
    did: 'What it did',
    data: 'What it says',
  },
  quarantine: {
    title: 'Quarantine',
    lead: 'What came in and was not understood. Nothing is lost: mend events.yaml or the sender, then take it in again.',
    nothing: 'Nothing lies here: everything that came in was understood.',
    problem: 'What is wrong',
    source: 'From',
    body: 'As it was sent',
    replay: {
      label: 'Take in again',
      title: 'Take this event in again?',
      says: 'It is read again by what is declared now, with the moment it first came. It may open journeys and end them.',
    },
  },
  connect: {
    title: 'Connect the shop',
    browser: 'In the shop’s pages',
    browserLead:
      'Three lines before the end of every page. This key may only send events and its visitor’s own traits.',
    server: 'From the shop’s server',
    serverLead:
      'With the server’s write key, which must not get into a page. It may set consents, addresses and other people’s traits.',
    segment: 'With a client of Segment’s',
    segmentLead: 'Any of them works: give it this address as its host, and the write key.',
    events: 'Events that are declared',
    eventsLead: 'Others are kept and shown, but no journey can listen to them.',
    alsoCalled: 'also comes as',
  },
};

const ja: typeof en = {
  tail: {
    title: '届いたイベント',
    lead: 'すべての送信元の最新のイベントと、その結果です。',
    name: 'イベントで絞り込む',
    all: 'すべてのイベント',
    nothing: 'イベントはまだ届いていません。送信方法は「接続」のページをご覧ください。',
    didNothing: 'どのジャーニーにも関係しませんでした。',
    flags: '宣言された型と異なる値',
    flag: (path, declared) => `${path} は ${declared} である必要があります`,
    customer: 'お客様',
    event: 'イベント',
    at: '受信',
    from: '送信元',
    did: '結果',
    data: '内容',
  },
  quarantine: {
    title: '隔離',
    lead: '届いたものの、理解できなかったイベントです。失われてはいません。events.yaml または送信側を直してから、もう一度取り込んでください。',
    nothing: 'ここには何もありません。届いたものはすべて理解できました。',
    problem: '問題',
    source: '送信元',
    body: '届いた内容',
    replay: {
      label: '取り込む',
      title: 'このイベントをもう一度取り込みますか？',
      says: '最初に届いた時刻のまま、現在の宣言で読み直します。ジャーニーが始まったり終わったりすることがあります。',
    },
  },
  connect: {
    title: 'ストアとの接続',
    browser: 'ストアのページに',
    browserLead: 'すべてのページの末尾に貼る3行です。このキーでできるのは、イベントと訪問者自身の属性の送信だけです。',
    server: 'ストアのサーバーから',
    serverLead:
      'サーバー用の書き込みキーを使います。ページには絶対に載せないでください。同意、宛先、他のお客様の属性も設定できます。',
    segment: 'Segment のクライアントで',
    segmentLead: 'どのクライアントでも使えます。このアドレスをホストに、書き込みキーを指定してください。',
    events: '宣言されたイベント',
    eventsLead: 'それ以外のイベントも保存・表示されますが、ジャーニーのきっかけにはできません。',
    alsoCalled: '別名',
  },
};

export const storefront = { en, ja };
