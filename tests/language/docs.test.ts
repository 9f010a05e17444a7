// The examples in docs/journey-format.md compile: blocks with `file=` are the folder, blocks of `steps` stand in a journey of it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile } from '../../language/compile.ts';
import { hasErrors, renderDiagnostics } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';

const text = readFileSync('docs/journey-format.md', 'utf8');
const blocks = [...text.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)].map(([, , what = '', body = '']) => ({
  what,
  body,
}));
const folder: SourceFile[] = blocks
  .filter(({ what }) => what.startsWith('file='))
  .map(({ what, body }) => ({ path: `journeys/${what.slice('file='.length)}`, text: body }));
const steps = blocks.filter(({ what }) => what === 'steps').map(({ body }) => body);

const head = `journey: example
purpose: marketing
enter: { on: cart_updated, key: event.cart_id }
goal: { on: order_completed }
steps:
`;

async function errorsIn(files: SourceFile[]): Promise<string> {
  const { diagnostics } = await compile(files);
  return hasErrors(diagnostics) ? renderDiagnostics(diagnostics, files) : '';
}

test('the documented folder compiles', async () => {
  expect(folder).toHaveLength(12);
  expect(await errorsIn(folder)).toBe('');
});

test.each(steps)('documented steps compile: %#', async (body) => {
  expect(await errorsIn([...folder, { path: 'journeys/example.yaml', text: head + body.replace(/^/gm, '  ') }])).toBe(
    '',
  );
});

test('the documented mistake reads as documented', async () => {
  const shown = [...text.matchAll(/^```\n(journeys\/welcome.yaml:7[\s\S]*?)```$/gm)].map(([, block]) => block);
  const broken =
    'journey: welcome\npurpose: transactional\nenter: { on: signed_up }\n\n\ngoal:\n  on: ordr_completed\nsteps: []\n';
  const { diagnostics } = await compile([...folder, { path: 'journeys/welcome.yaml', text: broken }]);
  const sources = [{ path: 'journeys/welcome.yaml', text: broken }];
  expect(shown).toEqual((['en', 'ja'] as const).map((locale) => renderDiagnostics(diagnostics, sources, locale)));
});
