// Who did something, in Japanese.
import { expect, test } from 'vitest';
import { actorInJapanese } from '../../engine/core/sentences.ts';

test.each([
  ['佐倉 (support)', '佐倉（サポート）'],
  ['A (B) (marketer)', 'A (B)（マーケター）'],
  ['admin', '管理者'],
  ['first start', '初回の起動'],
  ['Aiko (Chatwoot)', 'Aiko (Chatwoot)'],
  ['constructor', 'constructor'],
])('%s is shown as %s', (kept, shown) => {
  expect(actorInJapanese(kept)).toBe(shown);
});
