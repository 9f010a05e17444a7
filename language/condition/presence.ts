// What a test with `has` tells about what stands behind it, through `&&`, `||`, `!` and `? :`.
import type { ASTNode } from '../../engine/core/cel.ts';
import { nameOf } from '../../engine/core/cel-names.ts';

/** Names that are present if the expression is true, and if it is false. Null: it never is. */
export interface Learned {
  ifTrue: Set<string> | null;
  ifFalse: Set<string> | null;
}

/** One spelling for a chain of names, however it is written (`a.b`, `a.?b`, `a["b"]`); null if it is no chain. */
export function keyOf(node: ASTNode): string | null {
  const name = nameOf(node);
  return name && JSON.stringify([name.root, ...name.path]);
}

/** Only what is certain: nothing is learned from inside a list macro, where a name means another item each time. */
export function learn(node: ASTNode): Learned {
  switch (node.op) {
    case 'value':
      return { ifTrue: node.args === false ? null : new Set(), ifFalse: node.args === true ? null : new Set() };
    case 'call':
      return node.args[0] === 'has' ? tested(node.args[1][0]) : nothing();
    case 'rcall':
      return node.args[0] === 'hasValue' ? tested(node.args[1]) : nothing();
    case '!_': {
      const { ifTrue, ifFalse } = learn(node.args);
      return { ifTrue: ifFalse, ifFalse: ifTrue };
    }
    case '&&':
      return conjunction(learn(node.args[0]), learn(node.args[1]));
    case '||': {
      const negated = conjunction(negate(learn(node.args[0])), negate(learn(node.args[1])));
      return negate(negated);
    }
    case '?:': {
      const [condition, then, otherwise] = node.args.map(learn) as [Learned, Learned, Learned];
      return {
        ifTrue: either(both(condition.ifTrue, then.ifTrue), both(condition.ifFalse, otherwise.ifTrue)),
        ifFalse: either(both(condition.ifTrue, then.ifFalse), both(condition.ifFalse, otherwise.ifFalse)),
      };
    }
    default:
      return nothing();
  }
}

function conjunction(left: Learned, right: Learned): Learned {
  return {
    ifTrue: both(left.ifTrue, right.ifTrue),
    ifFalse: either(left.ifFalse, both(left.ifTrue, right.ifFalse)),
  };
}

function negate({ ifTrue, ifFalse }: Learned): Learned {
  return { ifTrue: ifFalse, ifFalse: ifTrue };
}

function both(left: Set<string> | null, right: Set<string> | null): Set<string> | null {
  return left && right && new Set([...left, ...right]);
}

function either(left: Set<string> | null, right: Set<string> | null): Set<string> | null {
  if (left === null || right === null) return left ?? right;
  return new Set([...left].filter((name) => right.has(name)));
}

function tested(node: ASTNode | undefined): Learned {
  const key = node ? keyOf(node) : null;
  return { ifTrue: new Set(key === null ? [] : [key]), ifFalse: new Set() };
}

function nothing(): Learned {
  return { ifTrue: new Set(), ifFalse: new Set() };
}
