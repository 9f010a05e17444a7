// Whatever is done to the shipped files, the compiler answers, and in bounded time: it never throws, hangs or aborts.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../language/compile.ts';
import { renderDiagnostics } from '../../language/diagnostic.ts';
import { loadFolder } from '../../language/load.ts';
import type { SourceFile } from '../../language/source.ts';
import { cpuWatch } from '../cpu.ts';
import { caseFolder } from './folders.ts';

const mostCpuMs = 10_000;

/** What breaks parsers: indicators of YAML, Liquid, MJML and CEL, full-width and combining characters. */
const pieces = [
  ...['- ', ': ', '\n', '  ', '\t', '{', '}', '[', ']', ',', '"', "'", '#', '&a ', '*a', '!x ', '|\n', '>\n', '---\n'],
  ...['{{', '}}', '{%', '%}', '{% if x %}', '{% endif %}', '<mj-text>', '</mj-section>', '<!--', '-->', '| default: '],
  ...[
    '&&',
    '||',
    'has(',
    ')',
    '?.',
    'orValue(',
    '0x',
    '1e999',
    'null',
    'true',
    '~',
    '旅路',
    '\u3099',
    '\u0000',
    '\ud800',
    '\r',
  ],
  ...['__proto__', 'constructor', 'steps.0', 'event.', '2 days', '99999999999999999999', '*'],
];

const edit = fc.record({
  at: fc.nat(1_000_000),
  length: fc.nat(30),
  piece: fc.constantFrom('', ...pieces),
  times: fc.constantFrom(1, 1, 1, 3, 200),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, { at, length, piece, times }: Edit): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + piece.repeat(times) + text.slice(start + length);
}

async function survives(files: SourceFile[]): Promise<void> {
  const usedMs = cpuWatch();
  const { diagnostics, plans } = await compile(files);
  const shown = renderDiagnostics(diagnostics, files);
  expect(usedMs()).toBeLessThan(mostCpuMs);
  if (plans.length === 0) expect(shown).not.toBe('');
}

describe('mutated files', () => {
  let shipped: SourceFile[];
  beforeAll(async () => {
    shipped = await loadFolder('journeys');
  });

  test('of the shipped journeys are answered', async () => {
    const kept = shipped.filter((file) => !file.path.includes('/messages/') || file.path.includes('/cart-'));
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(edit, { minLength: 1, maxLength: 4 }), async (which, edits) => {
        const target = kept[which % kept.length]!;
        const text = edits.reduce(mutate, target.text);
        await survives(kept.map((file) => (file === target ? { ...file, text } : file)));
      }),
      { numRuns: 150 },
    );
  });

  test('made of nothing but indicators are answered', async () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom('j.yaml', 'events.yaml', 'messages/hello/email.mjml'),
        async (made, name) => {
          const others = caseFolder('ok', 'smallest').filter((file) => file.path !== `journeys/${name}`);
          await survives([...others, { path: `journeys/${name}`, text: made }]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('hostile files', () => {
  const base = caseFolder('ok', 'smallest').filter((file) => !file.path.endsWith('/j.yaml'));
  const journey = (text: string): SourceFile[] => [...base, { path: 'journeys/j.yaml', text }];
  const message = (body: string, ending = 'liquid'): SourceFile[] => [
    ...base.filter((file) => !file.path.includes('messages')),
    { path: `journeys/messages/hello/email.${ending}`, text: `---\nsubject: x\n---\n${body}` },
  ];

  test.each([
    ['brackets', journey('['.repeat(200_000))],
    ['braces in a list', journey(`steps: ${'[{a: '.repeat(20_000)}`)],
    ['dashes', journey('- '.repeat(100_000))],
    ['questions', journey('? '.repeat(100_000))],
    ['compact maps', journey('a: '.repeat(60_000))],
    ['a staircase', journey(Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'))],
    ['anchors', journey('&a '.repeat(60_000))],
    ['tags', journey('!a '.repeat(60_000))],
    ['many keys', journey(Array.from({ length: 25_000 }, (_, key) => `k${key}: 1`).join('\n'))],
    ['many steps', journey(`steps:\n${'  - wait: 1 day\n'.repeat(15_000)}`)],
    ['many conditions', journey(`steps:\n${'  - if: customer.tier == "a"\n    then: []\n'.repeat(2_000)}`)],
    ['one long line', journey(`title: ${'旅'.repeat(100_000)}\n`)],
    ['open blocks', message('{% if x %}'.repeat(20_000))],
    ['open outputs', message('{{'.repeat(100_000))],
    ['open brackets in an output', message(`{{ ${'a['.repeat(50_000)} }}`)],
    ['filters', message(`{{ a ${'| default: b '.repeat(15_000)} }}`)],
    ['open elements', message('<mj-text>'.repeat(20_000), 'mjml')],
    ['open elements that are not MJML', message(`<mjml><mj-body>${'<b>'.repeat(50_000)}</mj-body></mjml>`, 'mjml')],
    [
      'elements inside text',
      message(
        `<mjml><mj-body><mj-section><mj-column><mj-text>${'<b>'.repeat(50_000)}</mj-text></mj-column></mj-section></mj-body></mjml>`,
        'mjml',
      ),
    ],
    ['open comments', message('<!-- '.repeat(40_000), 'mjml')],
    ['open quotes', message('<mj-text a="'.repeat(15_000), 'mjml')],
    ['a front matter without end', message('---x\n'.repeat(40_000).replace('---x', '--- '))],
  ])('%s', async (_name, files) => {
    await survives(files);
  });
});
