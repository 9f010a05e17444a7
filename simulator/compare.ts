// Holds a transcript against what a test expects: every send and exit, in order of time; other facts where written.
import type { Expected } from '../language/test-file.ts';
import type { Fact, FactKind } from './transcript.ts';

export interface Difference {
  /** The expected fact that did not come, if it is about one. */
  expected?: Expected;
  /** The fact that nobody expected. With `expected` beside it: the expected one, out of its order. */
  unexpected?: Fact;
}

const mustBeNamed: FactKind[] = ['send', 'exit'];

/** Differences, in order of time; empty where the transcript is as expected. */
export function compare(expected: Expected[], facts: Fact[]): Difference[] {
  const named = expected.filter((one) => mustBeNamed.includes(one.kind));
  const others = expected.filter((one) => !mustBeNamed.includes(one.kind));
  const listed = facts.filter((fact) => mustBeNamed.includes(fact.kind));
  return [...paired(inOrder(named, listed)), ...anywhere(others, facts)];
}

/** Facts at one moment may stand in any order, so each expected fact may take any of the earliest moment left. */
function inOrder(expected: Expected[], facts: Fact[]): Difference[] {
  let left = facts;
  const differences: Difference[] = [];
  for (const one of expected) {
    // `left` is ordered by time: the first that fits is of the earliest moment if any of that moment fits.
    const match = left.find((fact) => fits(one, fact));
    if (!match) {
      differences.push({ expected: one });
      continue;
    }
    const skipped = left.filter((fact) => fact.at < match.at);
    differences.push(...skipped.map((fact) => ({ unexpected: fact })));
    left = left.filter((fact) => fact !== match && !skipped.includes(fact));
  }
  return [...differences, ...left.map((fact) => ({ unexpected: fact }))];
}

/** A fact that both came and was expected, but at another place in the list, is one difference and not two. */
function paired(differences: Difference[]): Difference[] {
  const missing = differences.filter((difference) => difference.expected);
  const taken = new Set<Difference>();
  return differences
    .map((difference) => {
      if (!difference.unexpected) return difference;
      const twin = missing.find((one) => !taken.has(one) && fits(one.expected!, difference.unexpected!));
      if (!twin) return difference;
      taken.add(twin);
      return { expected: twin.expected, unexpected: difference.unexpected };
    })
    .filter((difference) => !taken.has(difference));
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
    isSame(one.until, fact.until) &&
    isSame(one.who, fact.who) &&
    isSame(one.journey, fact.journey) &&
    isSame(one.by, fact.by) &&
    isSame(one.why, fact.why) &&
    isSame(one.add?.join(), fact.add?.join()) &&
    isSame(one.remove?.join(), fact.remove?.join()) &&
    (one.subject === undefined || fact.subject === one.subject) &&
    (one.contains === undefined ||
      (fact.body ?? '').includes(one.contains) ||
      (fact.subject ?? '').includes(one.contains))
  );
}
