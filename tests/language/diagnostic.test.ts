// How diagnostics are shown: places, carets under full-width characters, and nothing that could move a cursor.
import { describe, expect, test } from 'vitest';
import { compile } from '../../language/compile.ts';
import { createReport, hasErrors, renderDiagnostics } from '../../language/diagnostic.ts';
import { phrase } from '../../language/phrase.ts';
import type { SourceFile } from '../../language/source.ts';

function shown(text: string, start: number, end: number): string {
  const file: SourceFile = { path: 'journeys/a.yaml', text };
  const { report, diagnostics } = createReport();
  report({ file, start, end }, 'rule', phrase`wrong`);
  return renderDiagnostics(diagnostics(), [file]);
}

describe('a place is shown', () => {
  test('with line and column in characters, and a caret as wide as the characters are', () => {
    const text = 'x: 1\ntitle: 旅路の商店';
    expect(shown(text, text.indexOf('商'), text.length)).toBe(
      'journeys/a.yaml:2:11: wrong [rule]\n2 | title: 旅路の商店\n  |              ^~~~\n1 error\n',
    );
  });
  test('with characters outside the basic plane as one', () => {
    expect(shown('a: 🍵🍵b', 7, 8)).toBe('journeys/a.yaml:1:6: wrong [rule]\n1 | a: 🍵🍵b\n  |        ^\n1 error\n');
  });
  test('up to the end of its line', () => {
    expect(shown('abc\ndef', 1, 6)).toContain('1 | abc\n  |  ^~\n');
  });
  test('at the end of the text', () => {
    expect(shown('abc', 3, 3)).toContain('journeys/a.yaml:1:4: wrong');
    expect(shown('', 0, 0)).toBe('journeys/a.yaml:1:1: wrong [rule]\n1 error\n');
  });
  test('without control characters', () => {
    expect(shown('a: \u001b[31mred\r\n', 3, 5)).toContain('1 | a: �[31mred\n');
  });
  test('in part, where the line is long', () => {
    const line = shown(`${'a'.repeat(500)}X${'b'.repeat(500)}`, 500, 501).split('\n')[1]!;
    expect(line.length).toBeLessThan(200);
    expect(line).toContain('aXb');
  });
});

test('the same thing about one place is said once, and all is sorted by place', () => {
  const file: SourceFile = { path: 'b', text: 'one\ntwo' };
  const { report, diagnostics } = createReport();
  report({ file, start: 4, end: 7 }, 'r', phrase`second`);
  report({ file, start: 0, end: 3 }, 'r', phrase`first`, 'warning');
  report({ file, start: 4, end: 7 }, 'r', phrase`second`);
  const found = diagnostics();
  expect(renderDiagnostics(found, [])).toBe('b:1:1: warning: first [r]\nb:2:1: second [r]\n1 error, 1 warning\n');
  expect(hasErrors(found.filter((one) => one.severity === 'warning'))).toBe(false);
});

test('more than 500 are not gathered, and what was not looked at counts as an error', () => {
  const { report, diagnostics } = createReport();
  const file: SourceFile = { path: 'a', text: 'x'.repeat(2_000) };
  for (let at = 0; at < 1_000; at += 1) report({ file, start: at, end: at + 1 }, 'r', phrase`a warning`, 'warning');
  const found = diagnostics();
  expect(found).toHaveLength(501);
  expect(found.at(-1)).toMatchObject({ rule: 'too-many', severity: 'error' });
});

test('a text larger than a file may be is refused before it is read', async () => {
  const { diagnostics, plans } = await compile([{ path: 'journeys/a.yaml', text: '#'.repeat(300_000) }]);
  expect(diagnostics).toMatchObject([{ file: 'journeys/a.yaml', rule: 'file-size' }]);
  expect(plans).toEqual([]);
});

test.each(['shop/journeys', './journeys', 'a/messages/b', '/srv/tabiji'])(
  'the folder may be typed as %s',
  async (folder) => {
    const files = [
      {
        path: `${folder}/settings.yaml`,
        text: 'brand: { name: Shop }\ntime_zone: UTC\nlocale: en\nchannels: { email: { from: a@shop.example } }\n',
      },
      { path: `${folder}/events.yaml`, text: 'paid:\n  properties: { order_id: string }\n' },
      {
        path: `${folder}/j.yaml`,
        text: 'journey: j\npurpose: transactional\nenter: { on: paid }\nsteps:\n  - send: m\n    by: email\n',
      },
      { path: `${folder}/messages/m/email.liquid`, text: '---\nsubject: Hi\n---\nHi\n' },
      { path: `${folder}/tests/j.test.yaml`, text: 'journey: j\n' },
    ];
    expect(await compile(files)).toMatchObject({ diagnostics: [], plans: [{ journey: 'j' }] });
  },
);
