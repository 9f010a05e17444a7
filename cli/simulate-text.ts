// A simulation told to people and machines: what came in and what came of it, on the customer's own clock.
import { explain, wallClock } from '../engine/core/explanation.ts';
import { isValidZone } from '../engine/core/local-time.ts';
import { neededInJapanese } from '../engine/core/needed.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import { decisionSentence, type Locale } from '../engine/core/sentences.ts';
import type { Settings } from '../engine/core/settings.ts';
import type { Published } from '../engine/ports.ts';
import { phrase, speak } from '../language/phrase.ts';
import type { Row, Scenario } from '../language/test-file.ts';
import type { Happened, Simulation } from '../simulator/simulation.ts';

/** What `--json` writes. */
export interface Told {
  customer: string;
  /** Their zone at the beginning. */
  time_zone: string;
  moments: {
    /** ISO 8601. */
    at: string;
    /** `2026-05-02 10:00`. */
    local: string;
    /** Whose clock that is: the customer's zone at this moment. */
    time_zone: string;
    came: { kind: Row['kind']; what: string; data: JsonMap }[];
    happened: ToldLine[];
  }[];
  /** Where each journey stands at the end, for the journeys that anything happened in. */
  standing: { journey: string; sentence: string }[];
  /** Journeys that nothing opened. */
  untouched: string[];
}

export interface ToldLine {
  journey: string;
  /** `waits`, or the kind of a decision. */
  kind: string;
  /** The reason word, as everywhere. */
  outcome: string;
  sentence: string;
  /** What would have had to be true; empty where it went. */
  needed: string;
  message: string | null;
  channel: string | null;
  subject: string | null;
  first_line: string | null;
  /** ISO 8601; of what waits. */
  until: string | null;
}

/** Puts a simulation into words. */
export function tell(
  { moments, record }: Simulation,
  scenario: Scenario,
  settings: Settings,
  journeys: Published[],
  locale: Locale,
): Told {
  const customer = scenario.customers[0]!;
  const zoneAt = zonesOf(scenario, customer.timeZone ?? settings.timeZone);
  const seen = new Set(record.decisions.map(({ journey }) => journey));
  return {
    customer: customer.id,
    time_zone: zoneAt(Number.NEGATIVE_INFINITY),
    moments: moments.map(({ at, came, happened }) => ({
      at: new Date(at).toISOString(),
      local: wallClock(at, zoneAt(at)),
      time_zone: zoneAt(at),
      came: came.map(cameOf),
      happened: happened.filter(isWorthTelling).map((one) => lineOf(one, zoneAt(at), locale)),
    })),
    standing: scenario.journeys
      .filter((name) => seen.has(name))
      .map((journey) => ({
        journey,
        sentence: standingOf(journey, record, journeys, zoneAt(Number.POSITIVE_INFINITY), locale),
      })),
    untouched: scenario.journeys.filter((name) => !seen.has(name)),
  };
}

/** Lines for a terminal. */
export function textOf({ customer, time_zone, moments, standing, untouched }: Told, locale: Locale): string {
  const told = moments.filter(({ came, happened }) => came.length + happened.length > 0);
  let zone = time_zone;
  const parts = told.map(({ local, time_zone: now, came, happened }) => {
    const moved = now === zone ? '' : ` (${now})`;
    zone = now;
    const rows = came.map(({ what, data }) => `  < ${what}${shortly(data)}`);
    return [`${local}${moved}`, ...rows, ...happened.map(textOfLine)].join('\n');
  });
  const ends = standing.map(({ sentence }) => sentence);
  if (untouched.length > 0) ends.push(speak(phrase`Nothing opened: ${untouched.join(', ')}`, locale));
  return printable(`${customer} (${time_zone})\n\n${parts.join('\n')}\n\n${ends.join('\n')}\n`);
}

function textOfLine({ journey, kind, outcome, sentence, needed, subject, first_line }: ToldLine): string {
  const word = kind === 'not_sent' || kind === 'not_entered' ? `  [${outcome}]` : '';
  const said = subject === null ? [] : [`"${subject}"`, ...(first_line ? [first_line] : [])];
  const more = [...said, ...(needed === '' ? [] : [needed])].map((text) => `      ${text}`);
  return [`  ${journey}: ${sentence}${word}`, ...more].join('\n');
}

/** The moment that a wait was given is told by the wait itself, on the customer's clock. */
function isWorthTelling(one: Happened): boolean {
  return one.kind === 'waits' || one.decision.kind !== 'scheduled';
}

function lineOf(one: Happened, zone: string, locale: Locale): ToldLine {
  const none = { needed: '', message: null, channel: null, subject: null, first_line: null };
  if (one.kind === 'waits') {
    const until = one.until === null ? null : new Date(one.until).toISOString();
    return {
      ...none,
      journey: one.journey,
      kind: 'waits',
      outcome: one.step,
      until,
      sentence: waitsSentence(one, zone, locale),
    };
  }
  const { journey, kind, outcome, needed, message, channel, inputs } = one.decision;
  return {
    ...{ journey, kind, outcome, message, channel },
    sentence: decisionSentence(one.decision, locale),
    needed: locale === 'ja' ? neededInJapanese(needed) : needed,
    subject: one.message?.subject ?? null,
    first_line: one.message?.firstLine ?? null,
    until: typeof inputs.until === 'number' ? new Date(inputs.until).toISOString() : null,
  };
}

function waitsSentence(one: Happened & { kind: 'waits' }, zone: string, locale: Locale): string {
  const at = one.until === null ? null : wallClock(one.until, zone);
  if (locale === 'ja') {
    const ways = [
      ...(at === null ? [] : [`${at}まで`]),
      ...(one.for.length > 0 ? [`${one.for.join('、')} が来るまで`] : []),
    ];
    return `「${one.step}」で待ちます${ways.length > 0 ? `（${ways.join('、または')}）` : ''}`;
  }
  const ways = [
    ...(at === null ? [] : [`until ${at}`]),
    ...(one.for.length > 0 ? [`for ${one.for.join(' or ')}`] : []),
  ];
  return `waits at ${one.step}${ways.length > 0 ? ` ${ways.join(', or ')}` : ''}`;
}

function standingOf(
  journey: string,
  { enrollments, decisions }: Simulation['record'],
  journeys: Published[],
  zone: string,
  locale: Locale,
): string {
  const { summary } = explain({
    ...{ journey, status: 'live', zone, locale, now: 0, events: {} },
    published: journeys.find(({ plan }) => plan.journey === journey)?.plan ?? null,
    plans: Object.fromEntries(journeys.map(({ version, plan }) => [version, plan])),
    enrollments: enrollments.filter((one) => one.journey === journey),
    decisions: decisions.filter((one) => one.journey === journey),
  });
  return summary;
}

function cameOf(row: Row): Told['moments'][number]['came'][number] {
  if (row.kind === 'event') return { kind: row.kind, what: row.name, data: row.data };
  if (row.kind === 'call') {
    const { kind, name, data, traits } = row.incoming;
    return { kind: row.kind, what: name ?? kind, data: { ...data, ...traits } };
  }
  const { at: _at, who: _who, place: _place, kind, ...rest } = row;
  return { kind, what: kind, data: rest as JsonMap };
}

/** Enough of it to be recognised. */
function shortly(data: JsonMap): string {
  const text = Object.entries(data)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  const characters = [...text];
  if (text === '') return '';
  return `  ${characters.length > 100 ? `${characters.slice(0, 99).join('')}…` : text}`;
}

/** The customer's clock from one moment on: what they are said to have, or what a client tells where nothing is said. */
function zonesOf({ given, customers }: Scenario, first: string): (at: number) => string {
  const zones: { from: number; zone: string }[] = [];
  for (const row of given) {
    const said = row.kind === 'customer' ? row.traits.time_zone : row.kind === 'call' && row.incoming.traits.time_zone;
    const isKnown = zones.length > 0 || customers[0]!.timeZone !== undefined;
    const zone = said || (row.kind === 'call' && !isKnown && row.incoming.context.timeZone);
    if (typeof zone === 'string' && isValidZone(zone)) zones.push({ from: row.at, zone });
  }
  return (at) => zones.findLast(({ from }) => from <= at)?.zone ?? first;
}

/** What a shop's events hold goes to a terminal: control characters could move its cursor. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '�');
}
