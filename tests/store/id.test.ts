// Ids of the store's own rows.
import { expect, it } from 'vitest';
import { newId } from '../../store/id.ts';

it('is a UUID of version 7 that carries its moment', () => {
  const at = Date.UTC(2099, 0, 1);
  const id = newId(at);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
});

it('sorts in the order of making, also within a millisecond and when the clock goes back', () => {
  const at = Date.UTC(2100, 0, 1);
  const ids = Array.from({ length: 10_000 }, (_, n) => newId(at - (n % 3)));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
