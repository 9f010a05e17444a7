// Who lives the two weeks: people plainly made up, in roles that show what journeys do, and a crowd for the figures. The
// crowd is drawn from a seed, so that it does the same each time.
import { type Product, products } from '../shop/products.ts';

export interface Person {
  /** The shop's id. */
  id: string;
  /** For the terminal. */
  called: string;
  email: string;
  traits: { first_name: string; last_name: string; locale: 'ja' | 'en'; time_zone?: string };
  /** Channels on which marketing was agreed to. */
  agreed: ('email' | 'site')[];
  /** Gets no cart reminders, so that their effect can be measured. */
  heldOut?: boolean;
}

type Given = Partial<Pick<Person, 'agreed' | 'heldOut'>>;

function japanese(id: string, first: string, called: string, given: Given = {}): Person {
  const traits = { first_name: first, last_name: '見本', locale: 'ja' as const };
  return { id, called: `${first} (${called})`, email: `${id}@example.jp`, traits, agreed: ['email'], ...given };
}

function english(id: string, first: string, last: string): Person {
  const traits = { first_name: first, last_name: last, locale: 'en' as const, time_zone: 'Asia/Singapore' };
  return { id, called: first, email: `${id}@example.com`, traits, agreed: ['email'] };
}

export const cast = {
  hanako: japanese('hanako', '花子', 'Hanako', { agreed: ['email', 'site'] }),
  taro: japanese('taro', '太郎', 'Taro'),
  sakura: japanese('sakura', 'さくら', 'Sakura'),
  sho: japanese('sho', '翔', 'Sho', { agreed: [] }),
  aoi: japanese('aoi', '葵', 'Aoi', { agreed: ['email', 'site'] }),
  misaki: japanese('misaki', '美咲', 'Misaki'),
  ken: japanese('ken', '健', 'Ken'),
  naoki: japanese('naoki', '直樹', 'Naoki'),
  ren: japanese('ren', '蓮', 'Ren'),
  hina: japanese('hina', '陽菜', 'Hina', { heldOut: true }),
  yuko: japanese('yuko', '優子', 'Yuko'),
  makoto: japanese('makoto', '誠', 'Makoto'),
  yui: japanese('yui', '結衣', 'Yui', { agreed: [] }),
  hiroto: japanese('hiroto', '大翔', 'Hiroto', { agreed: [] }),
  mei: japanese('mei', '芽衣', 'Mei'),
  emma: english('emma', 'Emma', 'Sample'),
  liam: english('liam', 'Liam', 'Madeup'),
} satisfies Record<string, Person>;

/** What one of the crowd does; moments in minutes from the first morning. */
export interface Passer {
  person: Person;
  signsUpAt: number;
  views: { at: number; product: Product }[];
  cart: { at: number; lines: Line[] } | null;
  order: { at: number; shippedAt: number; deliveredAt: number } | null;
}

export interface Line {
  sku: string;
  quantity: number;
}

const firstNames = ['一郎', '真央', '次郎', '恵', '三郎', '薫', '四郎', '千尋', '五郎', '楓', '六郎', '瞳'];
const day = 24 * 60;

/** Twelve people over the first ten days, all of them by day. */
export function crowd(seed = 20_260_401): Passer[] {
  const chance = chanceFrom(seed);
  return firstNames.map((first, index) => {
    const id = `passer-${index + 1}`;
    const heldOut = chance() < 0.1;
    const agreed: Person['agreed'] = chance() < 0.85 ? ['email'] : [];
    const person = japanese(id, first, id, { agreed, heldOut });
    const signsUpAt = Math.floor(index * 0.8) * day + minutes(chance, 60, 600);
    const views = Array.from({ length: 1 + Math.floor(chance() * 2) }, (_, nth) => ({
      at: signsUpAt + 10 + nth * 15 + minutes(chance, 0, 10),
      product: one(chance, products),
    }));
    const carts = chance() < 0.7;
    const orders = carts && chance() < 0.5;
    const cartAt = views.at(-1)!.at + minutes(chance, 5, 40);
    const lines = [{ sku: one(chance, products).id, quantity: 1 + Math.floor(chance() * 2) }];
    const orderAt = cartAt + (chance() < 0.5 ? 25 : 180) + minutes(chance, 0, 30);
    return {
      ...{ person, signsUpAt, views },
      cart: carts ? { at: cartAt, lines } : null,
      order: orders ? { at: orderAt, shippedAt: orderAt + day, deliveredAt: orderAt + 2.5 * day } : null,
    };
  });
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed, everywhere. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function minutes(chance: () => number, from: number, to: number): number {
  return from + Math.floor(chance() * (to - from));
}

function one<T>(chance: () => number, all: T[]): T {
  return all[Math.floor(chance() * all.length)]!;
}
