// Holds a transcript against what a test expects: every send and exit, in order of time; other facts where written.
import type { Expected } from '../language/test-file.ts';
import type { Fact, FactKind } from './transcript.ts';

export interface Difference {
  /** The expected fact that did not come, if it is about one. */
  expected?: Expected;
  /** The fact that nobody expected. */
  unexpected?: Fact;
}

const mustBeNamed: FactKind[] = ['send', 'exit'];

/** Differences, in order of time; empty where the transcript is as expected. */
export function compare(expected: Expected[], facts: Fact[]): Difference[] {
  const named = expected.filter((one) => mustBeNamed.includes(one.kind));
  const others = expected.filter((one) => !mustBeNamed.includes(one.kind));
  return [
    ...inOrder(
      named,
      facts.filter((fact) => mustBeNamed.includes(fact.kind)),
    ),
    ...anywhere(others, facts),
  ];
}

/** Facts at one moment may stand in any order, so each expected fact may take any of the earliest moment left. */
function inOrder(expected: Expected[], facts: Fact[]): Difference[] {
  const left = [...facts];
  const differences: Difference[] = [];
  for (const one of expected) {
    const now = left.filter((fact) => fact.at === left[0]!.at);
    const match = now.find((fact) => fits(one, fact));
    if (match) left.splice(left.indexOf(match), 1);
    else differences.push({ expected: one });
  }
  return [...differences, ...left.map((fact) => ({ unexpected: fact }))];
}

function anywhere(expected: Expected[], facts: Fact[]): Difference[] {
  const left = [...facts];
  return expected.flatMap((one) => {
    const match = left.findIndex((fact) => fits(one, fact));
    if (match < 0) return [{ expected: one }];
    left.splice(match, 1);
    return [];
  });
}

/** A row's missing `at`, `by`, `why` is not compared. */
function fits(one: Expected, fact: Fact): boolean {
  const isSame = (wanted: unknown, found: unknown) => wanted === undefined || wanted === found;
  return (
    one.kind === fact.kind &&
    one.what.includes(fact.what) &&
    isSame(one.at, fact.at) &&
    isSame(one.who, fact.who) &&
    isSame(one.journey, fact.journey) &&
    isSame(one.by, fact.by) &&
    isSame(one.why, fact.why) &&
    (one.subject === undefined || fact.subject === one.subject) &&
    (one.contains === undefined ||
      (fact.body ?? '').includes(one.contains) ||
      (fact.subject ?? '').includes(one.contains))
  );
}
