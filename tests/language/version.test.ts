// A version is the meaning of a journey: the same meaning is the same version, another meaning is another.
import { describe, expect, test } from 'vitest';
import { canonicalJson, versionOf } from '../../language/canonical.ts';
import { compile } from '../../language/compile.ts';
import { caseFolder } from './folders.ts';

const journey = `journey: j
title: Hello
purpose: transactional
enter: { on: signed_up, again: never }
steps:
  - send: hello
    by: email
    with: { a: 1, b: 2 }
`;

async function versionWith(change: (text: string) => string, path = 'journeys/j.yaml'): Promise<string> {
  const files = caseFolder('ok', 'smallest').map((file) =>
    file.path === 'journeys/j.yaml' ? { ...file, text: journey } : file,
  );
  const { plans } = await compile(
    files.map((file) => (file.path === path ? { ...file, text: change(file.text) } : file)),
  );
  return versionOf(plans.find((plan) => plan.journey === 'j')!);
}

test('the same text twice is one version', async () => {
  expect(await versionWith((text) => text)).toBe(await versionWith((text) => text));
  expect(await versionWith((text) => text)).toMatch(/^[0-9a-f]{16}$/);
});

describe('is the same version', () => {
  test.each([
    ['with a comment', (text: string) => `# a comment\n${text}`],
    ['with its defaults written out', (text: string) => text.replace('steps:', 'lasts: 90 days\nholdout: 0%\nsteps:')],
    ['with keys in another order', (text: string) => text.replace('{ a: 1, b: 2 }', '{ b: 2, a: 1 }')],
    [
      'with maps over several lines',
      (text: string) => text.replace('{ on: signed_up, again: never }', '\n  again: never\n  on: [signed_up]'),
    ],
  ])('%s', async (_name, change) => {
    expect(await versionWith(change)).toBe(await versionWith((text) => text));
  });
});

describe('is another version', () => {
  test.each([
    ['with another title', (text: string) => text.replace('Hello', 'Hi'), undefined],
    ['with another length', (text: string) => text.replace('steps:', 'lasts: 91 days\nsteps:'), undefined],
    ['with an id for a step', (text: string) => text.replace('by: email', 'by: email\n    id: first'), undefined],
    ['with another mail', (text: string) => text.replace('<p>Hello', '<p>Hi'), 'journeys/messages/hello/email.liquid'],
    [
      'with another type of a property it can read',
      (text: string) => text.replace('plan: string?', 'plan: int?'),
      'journeys/events.yaml',
    ],
  ])('%s', async (_name, change, path) => {
    expect(await versionWith(change, path)).not.toBe(await versionWith((text) => text));
  });
});

test('an event it does not name does not change the version', async () => {
  const added = (text: string): string => `${text}page_viewed: { properties: { url: string } }\n`;
  expect(await versionWith(added, 'journeys/events.yaml')).toBe(await versionWith((text) => text));
});

test('canonical JSON has its keys in order, at every depth, and lists as they are', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }, 2], a: null })).toBe('{"a":null,"b":[{"d":1},2]}');
});
