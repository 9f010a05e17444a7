// The language of a terminal, as its environment tells it.
import type { Locale } from '../engine/core/sentences.ts';

/** Japanese where LC_ALL, LC_MESSAGES or LANG is Japanese (the first that is set, as POSIX has it), else English. */
export function terminalLocale(env: { [name: string]: string | undefined }): Locale {
  return /^ja(?![a-z])/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'ja' : 'en';
}
