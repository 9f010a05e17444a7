// What the pages about one customer say.

const en = {
  search: {
    title: 'Customers',
    label: 'Find a customer',
    placeholder: 'Email address, customer id, order or cart',
    hint: 'Whole, not in part: the address, the shop’s id, or the number of an order or a cart.',
    submit: 'Find',
    nobody: (text: string) => `Nobody is found by “${text}”. Write the whole address or id.`,
    found: (count: number) => (count === 1 ? '1 customer' : `${count} customers`),
    visitor: 'A visitor without an id',
  },
};

const ja: typeof en = {
  search: {
    title: 'お客様',
    label: 'お客様を探す',
    placeholder: 'メールアドレス、お客様ID、注文番号、カート番号',
    hint: '一部ではなく全体を入力してください（アドレス、ストアのID、注文やカートの番号）。',
    submit: '検索',
    nobody: (text) => `「${text}」に当てはまるお客様はいません。アドレスやIDの全体を入力してください。`,
    found: (count) => `${count}名`,
    visitor: 'IDのない訪問者',
  },
};

export const customer = { en, ja };
