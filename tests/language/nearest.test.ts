import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from '../../language/nearest.ts';
import { speak } from '../../language/phrase.ts';

const names = ['cart_updated', 'order_completed', 'product_viewed', 'on'];

describe('the nearest name', () => {
  test.each([
    ['ordr_completed', 'order_completed'],
    ['orderCompleted', 'order_completed'],
    ['order-complete', 'order_completed'],
    ['cart_update', 'cart_updated'],
    ['om', 'on'],
  ])('of %j is %j', (word, name) => expect(nearest(word, names)).toBe(name));

  test.each(['refund_issued', 'xy', ''])('of %j is none', (word) =>
    expect(nearest(word, names.slice(0, 3))).toBeNull(),
  );

  test('stands as a question behind a sentence, or not at all', () => {
    expect(speak(didYouMean('ordr_completed', names), 'en')).toBe('. did you mean "order_completed"?');
    expect(didYouMean('refund_issued', names)).toBe('');
  });
});
