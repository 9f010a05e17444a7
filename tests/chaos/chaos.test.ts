import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryBacking } from './backing.ts';
import { play } from './play.ts';
import { programs } from './program.ts';

it('x', async () => {
  await fc.assert(
    fc.asyncProperty(programs(30), async (program) => {
      const { violations } = await play(program, memoryBacking());
      expect(violations).toEqual([]);
    }),
    { numRuns: 300, seed: 1 },
  );
}, 60000);
