// A channel's rate in settings.yaml: how many of its messages may leave in a second, a minute or an hour.

import type { Rate } from '../engine/core/settings.ts';
import { phrase } from './phrase.ts';
import { readText, say } from './reader.ts';
import type { Value } from './yaml.ts';

const units: { [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads `14/s`, `500/m` or `2000/h`; undefined where it is none of these. */
export function readRate(value: Value): Rate | undefined {
  const text = readText(value, phrase`"rate" is how many messages may leave, like 14/s, 500/m or 2000/h`);
  if (!text) return undefined;
  const [, max, unit] = /^([1-9]\d{0,6}) ?\/ ?([smh])$/.exec(text.value) ?? [];
  if (max !== undefined && unit !== undefined) return { max: Number(max), perMs: units[unit]! };
  const advice = phrase`write a whole number from 1 up, a stroke, and s, m or h, like 14/s, 500/m or 2000/h`;
  return say(value, 'value', phrase`"${text.value}" is no rate: ${advice}`);
}
