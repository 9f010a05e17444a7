// The two weeks, as a script: who does what when, and what to look at. What the journeys make of it is not written here.
import { cast, crowd, type Line, type Passer, type Person } from './cast.ts';
import type { Reader } from './reader.ts';
import { productOf, type Storefront } from './storefront.ts';

export interface Stage {
  shop: Storefront;
  reader: Reader;
  /** Makes a person known, and fixes what chance would decide about them. */
  enter(person: Person): Promise<void>;
}

export interface Scene {
  /** Minutes from midnight of the first day, in the shop's time. */
  at: number;
  act(stage: Stage): Promise<void>;
  /** Told in the terminal; the crowd goes untold. */
  says?: string;
  /** A page worth a look. */
  look?: string;
}

export const days = 14;

/** In the order of time. */
export function story(): Scene[] {
  const scenes = [...arrivals, ...carts, ...newsletters, ...orders, ...trouble, ...crowd().flatMap(passing)];
  return scenes.sort((a, b) => a.at - b.at);
}

const lines = (...skus: string[]): Line[] => skus.map((sku) => ({ sku, quantity: 1 }));
const pageOf = ({ id }: Person) => `/customers/${id}`;

/** `on(2, '20:10', …)`: on the second day at ten past eight in the evening. */
function on(day: number, time: string, says: string, act: Scene['act'], look?: string): Scene {
  const [hours, minutes] = time.split(':').map(Number);
  return { at: ((day - 1) * 24 + hours!) * 60 + minutes!, act, says, ...(look && { look }) };
}

/** What belongs to the story and needs no telling. */
function quietly(day: number, time: string, act: Scene['act']): Scene {
  const { at } = on(day, time, '', act);
  return { at, act };
}

function signsUp(day: number, time: string, person: Person, more: string, look?: string): Scene {
  const act = async ({ enter, shop }: Stage) => {
    await enter(person);
    await shop.signUp(person);
  };
  return on(day, time, `${person.called} signs up${more}`, act, look);
}

const { hanako, taro, sakura, sho, aoi, misaki, ken, naoki, ren, hina, yuko, makoto, yui, hiroto, mei, emma, liam } =
  cast;

const arrivals: Scene[] = [
  signsUp(1, '09:00', hanako, ', and agrees to mail and chat: a welcome by email', pageOf(hanako)),
  on(1, '09:05', '花子 looks at a teapot', ({ shop }) => shop.view(hanako, productOf('KYUSU'))),
  signsUp(1, '09:40', sho, ', and agrees to nothing: no welcome, with its reason', pageOf(sho)),
  signsUp(1, '10:20', misaki, ''),
  on(2, '08:30', '美咲 presses unsubscribe in her welcome: what was to follow stays away', ({ reader }) => {
    return reader.unsubscribe(misaki);
  }),
  signsUp(1, '11:00', ken, ' with an address that does not exist'),
  on(1, '11:05', "健's mail server hands the welcome back: he is not written to again", ({ reader }) =>
    reader.bounce(ken),
  ),
  signsUp(1, '13:00', emma, ', in English'),
  signsUp(1, '14:00', mei, ''),
  on(3, '15:00', '芽衣 answers in the mail that she cares for pottery: the next mail is about that', ({ reader }) =>
    reader.answer(mei, 'pottery'),
  ),
  on(3, '19:00', '芽衣 looks at two cups', async ({ shop }) => {
    await shop.view(mei, productOf('YUNOMI'));
    await shop.view(mei, productOf('KYUSU'));
  }),
];

const carts: Scene[] = [
  on(1, '12:00', '太郎 fills a cart', async ({ enter, shop }) => {
    await enter(taro);
    await shop.fillCart(taro, 'cart-taro', lines('KYUSU', 'SENCHA'));
  }),
  on(
    1,
    '12:40',
    '太郎 buys, twenty minutes before his reminder was due: it never goes out',
    ({ shop }) => shop.order(taro, 'T-1001', lines('KYUSU', 'SENCHA'), 'cart-taro'),
    '/journeys/cart-abandonment',
  ),
  quietly(2, '09:00', ({ shop }) => shop.ship(taro, 'T-1001')),
  quietly(4, '10:00', ({ shop }) => shop.deliver(taro, 'T-1001', productOf('KYUSU'))),
  on(1, '15:00', 'さくら fills a cart, and empties it half an hour later', async ({ enter, shop }) => {
    await enter(sakura);
    await shop.fillCart(sakura, 'cart-sakura', lines('YUNOMI'));
  }),
  quietly(1, '15:30', ({ shop }) => shop.fillCart(sakura, 'cart-sakura', [])),
  on(2, '19:00', '葵 fills a cart, and leaves it: an hour later she is reminded', async ({ enter, shop }) => {
    await enter(aoi);
    await shop.fillCart(aoi, 'cart-aoi', lines('KYUSU'));
  }),
  on(3, '12:00', '葵 looks at her cart again: the chat asks whether it can help', ({ shop }) =>
    shop.viewCart(aoi, 'cart-aoi'),
  ),
  on(3, '12:02', '葵 asks in the chat what shipping costs: the FAQ answers', ({ reader }) =>
    reader.say(aoi, '送料はいくらですか'),
  ),
  on(
    3,
    '12:05',
    '葵 would rather speak with somebody: she waits in the inbox',
    ({ reader }) => reader.pick(aoi, 'need_help'),
    '/inbox',
  ),
  on(2, '21:00', '直樹 fills a cart, and is reminded', async ({ enter, shop }) => {
    await enter(naoki);
    await shop.fillCart(naoki, 'cart-naoki', lines('SENCHA', 'HOJICHA'));
  }),
  on(3, '07:45', '直樹 reports the reminder as spam: he hears no more of us', ({ reader }) => reader.complain(naoki)),
  on(4, '18:00', '陽菜 fills a cart; she is one of those who get nothing, to be compared with', async (stage) => {
    await stage.enter(hina);
    await stage.shop.fillCart(hina, 'cart-hina', lines('YUNOMI', 'HOJICHA'));
  }),
  signsUp(5, '09:00', ren, ', and will fill a cart every few hours'),
  ...['10:00', '14:00', '18:00', '22:00'].map((time, nth) =>
    on(
      5,
      time,
      nth === 3 ? '蓮 has had four mails this week: the next is not sent' : '蓮 fills one more cart',
      (stage) => stage.shop.fillCart(ren, `cart-ren-${nth + 1}`, lines('HOJICHA')),
    ),
  ),
];

const newsletters: Scene[] = [
  on(4, '09:30', '結衣 leaves her address for the newsletter, and is asked whether it is hers', async (stage) => {
    await stage.enter(yui);
    await stage.shop.askForNewsletter(yui);
  }),
  on(4, '10:10', '結衣 confirms with the link in the mail', ({ reader }) => reader.confirm(yui)),
  on(4, '11:00', "Somebody leaves 大翔's address; he never confirms, and gets nothing else", async (stage) => {
    await stage.enter(hiroto);
    await stage.shop.askForNewsletter(hiroto);
  }),
];

const orders: Scene[] = [
  on(2, '20:10', '花子 fills a cart', ({ shop }) => shop.fillCart(hanako, 'cart-hanako', lines('KYUSU'))),
  on(3, '20:00', '花子 buys, the evening after she was reminded: the goal is reached', ({ shop }) =>
    shop.order(hanako, 'H-2001', lines('KYUSU'), 'cart-hanako'),
  ),
  on(4, '15:00', "花子's parcel is on its way", ({ shop }) => shop.ship(hanako, 'H-2001')),
  on(5, '11:00', "花子's parcel has arrived", ({ shop }) => shop.deliver(hanako, 'H-2001', productOf('KYUSU'))),
  on(7, '19:00', '花子 is asked how it was, and answers: very satisfied', ({ reader }) => reader.answer(hanako, '5')),
  on(8, '20:30', '花子 writes a review of five stars before anybody asked', ({ shop }) =>
    shop.review(hanako, 'H-2001', 5),
  ),
  on(13, '09:00', '花子 would recommend the shop: 10 of 10', ({ reader }) => reader.answer(hanako, '10')),
  on(2, '11:00', 'Emma orders tea', ({ shop }) => shop.order(emma, 'E-3001', lines('SENCHA', 'HOJICHA'))),
  quietly(3, '10:30', ({ shop }) => shop.ship(emma, 'E-3001')),
  on(4, '16:00', 'Emma has her parcel', ({ shop }) => shop.deliver(emma, 'E-3001', productOf('SENCHA'))),
  on(
    7,
    '08:00',
    'Emma is not satisfied (2 of 5): a person is asked to speak with her',
    ({ reader }) => reader.answer(emma, '2'),
    pageOf(emma),
  ),
];

const trouble: Scene[] = [
  on(2, '14:00', 'Liam orders, gets it, and sends it back: thanks and questions stop', async ({ enter, shop }) => {
    await enter(liam);
    await shop.order(liam, 'L-4001', lines('YUNOMI'));
  }),
  quietly(3, '09:00', ({ shop }) => shop.ship(liam, 'L-4001')),
  quietly(4, '13:00', ({ shop }) => shop.deliver(liam, 'L-4001', productOf('YUNOMI'))),
  on(5, '17:00', "Liam's money is given back", ({ shop }) => shop.refund(liam, 'L-4001'), pageOf(liam)),
  on(1, '16:00', '優子 orders a cup', async ({ enter, shop }) => {
    await enter(yuko);
    await shop.order(yuko, 'Y-5001', lines('YUNOMI'));
  }),
  quietly(2, '10:00', ({ shop }) => shop.ship(yuko, 'Y-5001')),
  quietly(3, '14:00', ({ shop }) => shop.deliver(yuko, 'Y-5001', productOf('YUNOMI'))),
  on(
    6,
    '20:00',
    '優子 gives one star: no more questions, an apology, and somebody to help',
    ({ shop }) => shop.review(yuko, 'Y-5001', 1),
    pageOf(yuko),
  ),
  on(6, '10:00', '誠 orders, and nothing is shipped: four days later an excuse', async ({ enter, shop }) => {
    await enter(makoto);
    await shop.order(makoto, 'M-6001', lines('SENCHA'));
  }),
];

/** One of the crowd. Their minutes count from the first morning. */
function passing({ person, signsUpAt, views, cart, order }: Passer): Scene[] {
  const morning = 8 * 60;
  const scene = (at: number, act: Scene['act']): Scene => ({ at: Math.round(morning + at), act });
  const [cartId, orderId] = [`cart-${person.id}`, `P-${person.id}`];
  const scenes = [
    scene(signsUpAt, async ({ enter, shop }) => {
      await enter(person);
      await shop.signUp(person);
    }),
    ...views.map(({ at, product }) => scene(at, ({ shop }) => shop.view(person, product))),
  ];
  if (cart) scenes.push(scene(cart.at, ({ shop }) => shop.fillCart(person, cartId, cart.lines)));
  if (cart && order)
    scenes.push(
      scene(order.at, ({ shop }) => shop.order(person, orderId, cart.lines, cartId)),
      scene(order.shippedAt, ({ shop }) => shop.ship(person, orderId)),
      scene(order.deliveredAt, ({ shop }) => shop.deliver(person, orderId, productOf(cart.lines[0]!.sku))),
    );
  return scenes;
}
