// Every reason word is said in both languages, and no two are said alike.
import { describe, expect, test } from 'vitest';
import type { DecisionKind } from '../../engine/core/enrollment.ts';
import { exitReasons, notEnteredReasons, notSentReasons, reportKinds } from '../../engine/core/reasons.ts';
import {
  decisionSentence,
  exitSentence,
  locales,
  notEnteredSentence,
  notSentSentence,
  reportSentence,
} from '../../engine/core/sentences.ts';

const tables = [
  ['not_sent', notSentReasons, notSentSentence],
  ['not_entered', notEnteredReasons, notEnteredSentence],
  ['exited', exitReasons, exitSentence],
] as const;

describe.each(tables)('%s', (_name, reasons, sentence) => {
  test.each(reasons)('%s is said in words', (reason) => {
    const [english, japanese] = locales.map((locale) => sentence(reason, locale));
    expect(english).toMatch(/^[a-z' ,:-]{15,}$/);
    expect(japanese).toMatch(/ため(（.*）)?$/);
  });

  test.each(locales)('no two are said alike in %s', (locale) => {
    expect(new Set(reasons.map((reason) => sentence(reason, locale))).size).toBe(reasons.length);
  });

  test('an author’s own word is quoted, also one that every object has', () => {
    expect(sentence('not_interested', 'en')).toBe('"not_interested"');
    expect(sentence('toString', 'ja')).toBe('「toString」');
  });
});

test.each(reportKinds)('what is heard, %s, is said in words', (kind) => {
  expect(reportSentence(kind, 'en')).toMatch(/^[a-z ,:]{10,}$/);
  expect(reportSentence(kind, 'ja')).toMatch(/(した|ます)$/);
});

const kinds: { [kind in DecisionKind]: [outcome: string, english: string] } = {
  entered: ['entered', 'entered'],
  not_entered: ['again', 'did not enter: the customer is in the journey or was before, and may not enter again yet'],
  chose: ['1', 'at steps.1: condition 2 held'],
  heard: ['0', 'at steps.1: heard the event'],
  timed_out: ['timed_out', 'the wait steps.1 was over'],
  set: ['set', 'traits were set at steps.1'],
  audience: ['added', 'put into the audience big (meta)'],
  watched: ['true', 'what steps.1 waits for has come true'],
  scheduled: ['never', 'the wait steps.1 has no end in time'],
  sent: ['accepted', 'hello by email was sent'],
  handoff: ['opened', 'was handed over to support'],
  answered: ['answered', 'hello by email was answered: good'],
  not_sent: ['cancelled', 'hello by email was not sent: support cancelled it (by support)'],
  not_repeated: [
    'cancelled',
    'hello by email is not sent once more, and may have been sent before: support cancelled it (by support)',
  ],
  resend: ['resend', 'hello by email is to be sent once more (by support)'],
  retry: ['retry', 'hello by email could not be handed over and is tried again'],
  held: ['paused', 'hello by email is kept back by a pause'],
  reported: ['opened', 'heard of hello by email: it was opened (by support)'],
  resolved: ['accepted', 'hello by email was sent after all: it was opened (by support)'],
  completed: ['completed', 'came to the end of the journey'],
  exited: ['ejected', 'left: support took the customer out of the journey (by support)'],
  credited: ['goal', 'the goal was reached, and the journey is credited with it'],
  condition_error: ['goal', 'goal could not be evaluated; until it can, nothing is sent'],
  needs_attention: ['needs_attention', 'stands still: what is recorded does not fit, and somebody must release it'],
  paused: ['paused', 'was paused (by support)'],
  resumed: ['resumed', 'was resumed (by support)'],
  released: ['run_on', 'was released (by support)'],
};

describe.each(Object.entries(kinds) as [DecisionKind, [string, string]][])('%s', (kind, [outcome, english]) => {
  const decision = {
    kind,
    outcome,
    inputs: { by: 'support', report: 'opened', audience: 'big', platforms: ['meta'], answer: 'good', queue: 'support' },
    step: 'steps.1',
    message: 'hello',
    channel: 'email',
  };

  test('is a sentence in English', () => expect(decisionSentence(decision, 'en')).toBe(english));

  test('is a sentence in Japanese', () =>
    expect(decisionSentence(decision, 'ja')).toMatch(/(した|ます|ません|です|ため)(（.*）)?$/));
});
