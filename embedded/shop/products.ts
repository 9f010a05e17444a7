// What the demo shop sells. Made up, like the shop.

export interface Product {
  id: string;
  category: 'tea' | 'pottery';
  /** Yen. */
  price: number;
  ja: string;
  en: string;
  /** Stands for a picture. */
  sign: string;
}

export const products: Product[] = [
  { id: 'SENCHA', category: 'tea', price: 1_800, ja: '深蒸し煎茶 100g', en: 'Deep-steamed sencha, 100 g', sign: '茶' },
  {
    id: 'HOJICHA',
    category: 'tea',
    price: 1_400,
    ja: '炭火ほうじ茶 100g',
    en: 'Charcoal-roasted hojicha, 100 g',
    sign: '焙',
  },
  { id: 'YUNOMI', category: 'pottery', price: 4_200, ja: '湯呑み・白磁', en: 'White porcelain cup', sign: '碗' },
  { id: 'KYUSU', category: 'pottery', price: 9_800, ja: '急須・朱泥', en: 'Red clay teapot', sign: '急' },
];
