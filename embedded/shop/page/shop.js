// @ts-check
// The demo shop's page. What a visitor does goes to Tabiji from here with the browser's key; what the shop knows for sure
// goes to the shop's own back end, which tells it with the server's.
import { createTabiji } from '/tabiji.js';

const words = {
  ja: {
    note: '見本のお店です。ここでしたことは、実際のAPIを通ってジャーニーを動かします。届いたメールは /mailbox で読めます。',
    products: '商品',
    cart: 'カート',
    checkOut: '注文する',
    account: 'お客様',
    name: 'お名前',
    email: 'メールアドレス',
    agreeEmail: 'メールでのご案内に同意します',
    agreeSite: 'この画面でのご案内に同意します',
    signUp: '会員登録',
    allowPush: '通知を受け取る',
    signOut: 'ログアウト',
    orders: 'ご注文',
    add: 'カートに入れる',
    remove: '取り出す',
    empty: 'カートは空です',
    total: '合計',
    shipped: '発送した',
    delivered: '届いた',
    good: '★5をつける',
    bad: '★1をつける',
    signedUp: '登録しました',
    ordered: '注文しました',
    added: 'カートに入れました',
    told: '伝えました',
    failed: 'うまくいきませんでした。もう一度お試しください',
    hello: 'ようこそ、',
    pushOn: '通知を受け取ります',
    pushOff: 'この環境では通知を受け取れません',
    noOrders: 'まだありません',
  },
  en: {
    note: 'A made-up shop. What you do here drives the journeys through the real API. Mail that was sent is at /mailbox.',
    products: 'Products',
    cart: 'Cart',
    checkOut: 'Check out',
    account: 'You',
    name: 'Name',
    email: 'Email',
    agreeEmail: 'You may write to me by email',
    agreeSite: 'You may write to me on this page',
    signUp: 'Sign up',
    allowPush: 'Allow notifications',
    signOut: 'Sign out',
    orders: 'Orders',
    add: 'Add to cart',
    remove: 'Remove',
    empty: 'The cart is empty',
    total: 'Total',
    shipped: 'It was shipped',
    delivered: 'It arrived',
    good: 'Rate it 5',
    bad: 'Rate it 1',
    signedUp: 'You are signed up',
    ordered: 'Thank you for your order',
    added: 'Added to the cart',
    told: 'Told',
    failed: 'That did not work. Please try again',
    hello: 'Welcome, ',
    pushOn: 'Notifications are on',
    pushOff: 'Notifications cannot be had here',
    noOrders: 'None yet',
  },
};

/** @typedef {{ id: string, price: number, ja: string, en: string, sign: string }} Product */
/** @typedef {{ cartId: string, lines: { [sku: string]: number }, userId?: string, name?: string, orders: string[] }} Kept */

const asked = new URL(location.href).searchParams.get('lang');
/** @type {'ja' | 'en'} */
const lang = asked === 'en' || asked === 'ja' ? asked : navigator.language.startsWith('ja') ? 'ja' : 'en';
const t = words[lang];
document.documentElement.lang = lang;
for (const place of document.querySelectorAll('[data-word]'))
  place.textContent = t[/** @type {keyof typeof t} */ (place.getAttribute('data-word'))];

/** @type {{ key: string, products: Product[] }} */
const { key, products } = await (await fetch('/shop/config')).json();
const tabiji = createTabiji({ server: '', key, consentUrl: '/shop/agree' });
/** @type {Kept} */
let kept = JSON.parse(localStorage.getItem('shop') ?? 'null') ?? emptied([]);

const chat = document.createElement('tabiji-chat');
chat.setAttribute('key', key);
chat.lang = lang;
document.body.append(chat);

show();
void tabiji.page('shop');
if (Object.keys(kept.lines).length > 0) void tabiji.track('Cart Viewed', { cart_id: kept.cartId });
const push = /** @type {HTMLButtonElement} */ (one('#allow-push'));
push.disabled = !('serviceWorker' in navigator && 'PushManager' in globalThis);

one('#sign-up').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  const { name, email } = /** @type {{ [field: string]: string }} */ (Object.fromEntries(form));
  const sent = { name, email, agreed: form.getAll('agreed'), anonymousId: tabiji.anonymousId(), locale: lang };
  void attempt(async () => {
    const { userId } = await post('/shop/sign-up', sent);
    await tabiji.identify(userId);
    keep({ ...kept, userId, name });
    say(t.signedUp);
  });
});
one('#check-out').addEventListener('click', () =>
  attempt(async () => {
    const lines = Object.entries(kept.lines).map(([sku, quantity]) => ({ sku, quantity }));
    const who = { anonymousId: tabiji.anonymousId(), ...(kept.userId && { userId: kept.userId }) };
    const { orderId } = await post('/shop/order', { ...who, cartId: kept.cartId, lines });
    keep({ ...kept, ...emptied([orderId, ...kept.orders]) });
    say(t.ordered);
  }),
);
push.addEventListener('click', () =>
  allowPush().then(
    () => say(t.pushOn),
    () => say(t.pushOff),
  ),
);
one('#sign-out').addEventListener('click', () => {
  tabiji.reset();
  keep(emptied([]));
  location.reload();
});

/** As docs/push.md has it for any shop. */
async function allowPush() {
  const registration = await navigator.serviceWorker.register('/push-sw.js');
  const { key: applicationServerKey } = await (await fetch('/v1/push-subscriptions/key')).json();
  const options = { userVisibleOnly: true, applicationServerKey };
  const known = await registration.pushManager.getSubscription();
  const subscription = known ?? (await registration.pushManager.subscribe(options));
  const anonymousId = tabiji.anonymousId();
  await post('/v1/push-subscriptions', { anonymousId, subscription }, key);
  await tabiji.consent({ channel: 'push', evidence: { form: 'demo shop', button: t.allowPush } });
}

/** @param {string[]} orders @returns {Kept} */
function emptied(orders) {
  return { cartId: `cart-${crypto.randomUUID().slice(0, 8)}`, lines: {}, orders };
}

/** @param {Kept} next */
function keep(next) {
  kept = next;
  localStorage.setItem('shop', JSON.stringify(kept));
  show();
}

/** @param {string} sku @param {number} change */
function change(sku, change) {
  const { [sku]: before = 0, ...others } = kept.lines;
  const quantity = before + change;
  keep({ ...kept, lines: quantity > 0 ? { ...others, [sku]: quantity } : others });
  const items = Object.entries(kept.lines).map(([id, count]) => {
    const product = productOf(id);
    return { sku: id, name: product[lang], quantity: count, price: product.price };
  });
  void tabiji.track('Cart Updated', { cart_id: kept.cartId, total: total(), items, url: `${location.origin}/shop` });
}

function show() {
  one('#products').replaceChildren(...products.map(productItem));
  const lines = Object.entries(kept.lines);
  one('#cart').replaceChildren(...(lines.length > 0 ? lines.map(cartItem) : [item(t.empty)]));
  one('#total').textContent = lines.length > 0 ? `${t.total} ${yen(total())}` : '';
  /** @type {HTMLButtonElement} */ (one('#check-out')).disabled = lines.length === 0;
  one('#orders').replaceChildren(...(kept.orders.length > 0 ? kept.orders.map(orderItem) : [item(t.noOrders)]));
  one('#sign-up').hidden = kept.userId !== undefined;
  one('#who').hidden = kept.userId === undefined;
  one('#who').textContent = `${t.hello}${kept.name ?? ''} (${kept.userId ?? ''})`;
  one('#sign-out').hidden = kept.userId === undefined;
}

/** @param {Product} product */
function productItem({ id, sign, price, ...names }) {
  const made = document.createElement('li');
  const picture = document.createElement('span');
  picture.className = 'sign';
  picture.setAttribute('aria-hidden', 'true');
  picture.textContent = sign;
  const body = document.createElement('div');
  const text = document.createElement('span');
  text.textContent = `${names[lang]} ${yen(price)}`;
  const add = button(t.add, () => {
    void tabiji.track('Product Viewed', { product_id: id, name: names[lang] });
    change(id, 1);
    say(t.added);
  });
  add.setAttribute('aria-label', `${t.add}: ${names[lang]}`);
  body.append(text, add);
  made.append(picture, body);
  return made;
}

/** @param {[string, number]} line */
function cartItem([sku, quantity]) {
  const made = item(`${productOf(sku)[lang]} × ${quantity}`);
  const remove = button(t.remove, () => change(sku, -1));
  remove.className = 'small';
  made.append(remove);
  return made;
}

/** @param {string} orderId */
function orderItem(orderId) {
  const made = item(orderId);
  if (!kept.userId) return made;
  const { userId } = kept;
  /** @param {string} label @param {object} what */
  const teller = (label, what) =>
    button(label, () =>
      attempt(async () => {
        await post('/shop/tell', { ...what, userId, orderId });
        say(`${t.told}: ${label}`);
      }),
    );
  made.append(
    teller(t.shipped, { what: 'shipped' }),
    teller(t.delivered, { what: 'delivered' }),
    teller(t.good, { what: 'reviewed', rating: 5 }),
    teller(t.bad, { what: 'reviewed', rating: 1 }),
  );
  return made;
}

/** @param {string} text */
function item(text) {
  const made = document.createElement('li');
  made.append(Object.assign(document.createElement('span'), { textContent: text }));
  return made;
}

/** @param {string} label @param {() => void} pressed */
function button(label, pressed) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
  made.addEventListener('click', pressed);
  return made;
}

function total() {
  return Object.entries(kept.lines).reduce((sum, [sku, quantity]) => sum + productOf(sku).price * quantity, 0);
}

/** @param {string} id */
function productOf(id) {
  return /** @type {Product} */ (products.find((product) => product.id === id));
}

/** @param {number} amount */
function yen(amount) {
  return new Intl.NumberFormat(lang, { style: 'currency', currency: 'JPY' }).format(amount);
}

/** @param {string} text */
function say(text) {
  one('#said').textContent = text;
}

/** @param {() => Promise<void>} work */
function attempt(work) {
  return work().catch(() => say(t.failed));
}

/** @param {string} path @param {object} body @param {string} [bearer] */
async function post(path, body, bearer) {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

/** @param {string} selector @returns {HTMLElement} */
function one(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
