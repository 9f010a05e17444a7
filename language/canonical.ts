// One text for one meaning: plans are compared, hashed and stored as canonical JSON.
import { createHash } from 'node:crypto';
import type { Plan } from '../engine/core/plan.ts';

/** Compact JSON with keys in order; what is undefined is left out. The same value gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (isMap(inner) ? sorted(inner) : inner));
}

/**
 * The version of a plan: 16 hexadecimal digits of the SHA-256 of its canonical JSON. The order of keys and layout of
 * the YAML do not change it, nor do comments; everything a customer could notice does.
 */
export function versionOf(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex').slice(0, 16);
}

function isMap(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(map: { [key: string]: unknown }): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
