// One line of `expect` in a test: a fact that the transcript must hold.
import { type Fields, readMap, readText, say } from './reader.ts';
import { type Expected, type ExpectedKind, readMoment } from './test-file.ts';
import type { Value } from './yaml.ts';

const kinds: ExpectedKind[] = ['send', 'exit', 'credited', 'not_sent', 'not_entered'];
const later = ['hold', 'trait', 'audience', 'ask', 'handoff', 'webhook', 'add', 'until'];
const known = [...kinds, 'at', 'by', 'why', 'subject', 'contains', 'who', 'journey'];

/** Reads one fact; `no sends` is none. */
export function readExpected(value: Value, zoneOf: (who: string | undefined) => string): Expected | undefined {
  if (isNoSends(value)) return undefined;
  const fields = readMap(value, { what: 'a fact', known, later });
  if (!fields) return undefined;
  const kind = kinds.find((one) => fields.has(one));
  if (!kind) return say(value, 'missing-key', `a fact is "no sends", or has one of: ${kinds.join(', ')}`);
  const what = text(fields, kind);
  if (what === undefined) return undefined;
  const who = text(fields, 'who');
  const at = fields.get('at') && readMoment(fields.get('at')!, zoneOf(who));
  const optional = { at, who, ...texts(fields, ['journey', 'by', 'why', 'subject', 'contains']) };
  return { kind, what: what.split('|').map((one) => one.trim()), place: value.place, ...optional };
}

function isNoSends(value: Value): boolean {
  const node = value.node && value.yaml.resolve(value.node);
  return node !== null && 'value' in node && node.value === 'no sends';
}

function texts(fields: Fields, keys: (keyof Expected)[]): Partial<Expected> {
  return Object.fromEntries(keys.flatMap((key) => (fields.has(key) ? [[key, text(fields, key)]] : [])));
}

function text(fields: Fields, key: string): string | undefined {
  const value = fields.get(key);
  return value && readText(value, `"${key}" is a word or a sentence`)?.value;
}
