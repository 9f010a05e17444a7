// What a condition in a template (`{% if customer.first_name and … %}`) says about what is there.
import { type Expression, type LiteralToken, type Token, TypeGuards } from 'liquidjs';
import { type Segment, segmentsOf, spell } from './template-paths.ts';

/** Paths that are there if the condition holds, and if it does not. */
export interface Facts {
  ifTrue: Set<string>;
  ifFalse: Set<string>;
}

type Operand = Facts & { token?: Token };

/** Reads an expression in the order in which Liquid evaluates it. */
export function factsOf(expression: Expression): Facts {
  const stack: Operand[] = [];
  for (const token of expression.postfix) {
    if (!TypeGuards.isOperatorToken(token)) stack.push({ ifTrue: pathsOf(token), ifFalse: new Set(), token });
    else if (token.operator === 'not') stack.push(negated(stack.pop()));
    else stack.push(combined(token.operator, stack.pop(), stack.pop()));
  }
  return stack.at(-1) ?? nothing();
}

function combined(operator: string, right = nothing(), left = nothing()): Operand {
  if (operator === 'and') {
    return { ifTrue: either(left.ifTrue, right.ifTrue), ifFalse: both(left.ifFalse, right.ifFalse) };
  }
  if (operator === 'or') {
    return { ifTrue: both(left.ifTrue, right.ifTrue), ifFalse: either(left.ifFalse, right.ifFalse) };
  }
  return compared(operator, left, right);
}

/** A comparison: with nothing (`nil`, `blank`) it tells whether the value is there, with anything else that it is. */
function compared(operator: string, left: Operand, right: Operand): Operand {
  const there = either(left.ifTrue, right.ifTrue);
  const withNothing = [left, right].some((side) => isNothing(side.token));
  const isEqual = operator === '==';
  if (operator === '!=' || (isEqual && withNothing)) {
    const facts = withNothing ? there : new Set<string>();
    return isEqual ? { ifTrue: new Set(), ifFalse: facts } : { ifTrue: facts, ifFalse: new Set() };
  }
  const bothPaths = left.ifTrue.size > 0 && right.ifTrue.size > 0;
  return { ifTrue: isEqual && bothPaths ? new Set() : there, ifFalse: new Set() };
}

/** `empty` is not among them: what is missing is not empty in Liquid. */
function isNothing(token: Token | undefined): boolean {
  return TypeGuards.isLiteralToken(token) && ['nil', 'null', 'blank'].includes((token as LiteralToken).literal);
}

function negated(facts: Operand = nothing()): Operand {
  return { ifTrue: facts.ifFalse, ifFalse: facts.ifTrue };
}

function nothing(): Operand {
  return { ifTrue: new Set(), ifFalse: new Set() };
}

function either(a: Set<string>, b: Set<string>): Set<string> {
  return new Set([...a, ...b]);
}

function both(a: Set<string>, b: Set<string>): Set<string> {
  return new Set([...a].filter((path) => b.has(path)));
}

/** A path that is there, and with it all that it leads through. */
function pathsOf(token: Token): Set<string> {
  const segments = TypeGuards.isPropertyAccessToken(token) ? segmentsOf(token) : null;
  const prefixes = (segments ?? []).map((_, index) => spell((segments as Segment[]).slice(0, index + 1)));
  return new Set(prefixes.filter((prefix) => prefix !== null));
}
