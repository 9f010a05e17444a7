// What a failed test says: what was expected and did not come, what came and was not expected, and the whole transcript.
import { Temporal } from 'temporal-polyfill';
import { type Locale, phrase, speak } from '../language/phrase.ts';
import type { Expected, Scenario } from '../language/test-file.ts';
import type { Difference } from './compare.ts';
import { type Fact, factLine } from './transcript.ts';

/** Lines for a person; times in the zone of the scenario's first customer, or `zone`. */
export function reportDifferences(
  scenario: Scenario,
  differences: Difference[],
  facts: Fact[],
  zone: string,
  locale: Locale = 'en',
): string {
  const own = scenario.customers[0]?.timeZone ?? zone;
  const localTime = (at: number) => localTimeOf(at, own);
  const lines = differences.flatMap((difference) => [
    differenceLine(difference, localTime, locale),
    ...wordsOf(difference, facts, locale),
  ]);
  const transcript = facts.map((fact) => `      ${factLine(fact, localTime)}`);
  return [
    ...lines,
    `    ${speak(phrase`what happened (${own}):`, locale)}`,
    ...(transcript.length > 0 ? transcript : [`      ${speak(phrase`nothing`, locale)}`]),
  ].join('\n');
}

/** `2026-03-08 03:30`, with seconds where there are any. */
export function localTimeOf(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
  const smallestUnit = local.millisecond > 0 ? 'millisecond' : local.second > 0 ? 'second' : 'minute';
  return local.toString({ smallestUnit }).replace('T', ' ');
}

function differenceLine(
  { expected, unexpected }: Difference,
  localTime: (at: number) => string,
  locale: Locale,
): string {
  const fact = unexpected ? factLine(unexpected, localTime) : expectedLine(expected!, localTime, locale);
  if (!expected) return `  + ${speak(phrase`got       ${fact}`, locale)}`;
  if (!unexpected) return `  - ${speak(phrase`expected  ${fact}`, locale)}`;
  return `  ~ ${speak(phrase`expected in another place: facts stand in order of time  ${fact}`, locale)}`;
}

/** Where the words of a message were expected otherwise: what it said. */
function wordsOf({ expected }: Difference, facts: Fact[], locale: Locale): string[] {
  if (expected?.subject === undefined && expected?.contains === undefined) return [];
  const sent = facts.filter((fact) => fact.kind === 'send' && expected.what.includes(fact.what));
  return sent.map(({ subject = '', body = '' }) => {
    const text = body.split('<', 1)[0]!.replace(/\s+/g, ' ').trim();
    return `              ${speak(phrase`it said   "${subject}": ${text.slice(0, 200)}`, locale)}`;
  });
}

function expectedLine(one: Expected, localTime: (at: number) => string, locale: Locale): string {
  const { kind, what, at, who, by, why, subject, contains } = one;
  const until = one.until === undefined ? undefined : localTime(one.until);
  const [add, remove] = [one.add?.join(', '), one.remove?.join(', ')];
  const details = Object.entries({ add, remove, by, why, until, subject, contains }).filter(
    ([, value]) => value !== undefined,
  );
  const rest = details.map(([key, value]) => ` ${key} ${value}`).join('');
  const when = at === undefined ? speak(phrase`(any time)      `, locale) : localTime(at);
  return `${when}  ${who ?? speak(phrase`(anyone)`, locale)}  ${kind} ${what.join(' | ')}${rest}`;
}
