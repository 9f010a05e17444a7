// The part of Google's Common Expression Language that conditions may use, and the limits that keep a condition cheap.
// Types are the checker's business (language/conditions.ts); here everything is dynamic, so one environment serves all plans.
import { type ASTNode, Environment, ParseError, serialize } from '@marcbachmann/cel-js';
import { registerFacts } from './cel-functions.ts';

export type { ASTNode } from '@marcbachmann/cel-js';

/** Functions called by name, and those called behind a value. Whatever else the library knows is refused. */
export const functions = new Set([
  'has',
  'size',
  'did',
  'count',
  'last',
  'consents',
  'in_segment',
  'date',
  'timestamp',
  'duration',
  'int',
  'double',
  'string',
]);
export const listMacros = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
export const methods = new Set(
  [...listMacros].concat(
    ['size', 'contains', 'startsWith', 'endsWith', 'lowerAscii', 'upperAscii', 'trim', 'orValue', 'hasValue'],
    ['getFullYear', 'getMonth', 'getDate', 'getDayOfWeek', 'getHours', 'getMinutes', 'getSeconds'],
  ),
);

/** The roots of everything a condition can read. */
export const roots = ['customer', 'event', 'entry', 'latest', 'answer', 'vars', 'now'];

export const longestText = 2000;
/** `lists.all(a, a.all(b, …))`: a third level would multiply the work once more. */
export const deepestMacros = 2;

const environment = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 200, maxDepth: 30, maxListElements: 100, maxMapEntries: 1, maxCallArguments: 4 },
});
for (const root of roots) environment.registerVariable(root, 'dyn');
registerMixedNumbers();
registerFacts(environment);

/** An `int` beside a `number` by value: CEL itself has that for `<` and its like only. */
function registerMixedNumbers(): void {
  const mixed: { [operator: string]: (left: number, right: number) => number } = {
    '+': (left, right) => left + right,
    '-': (left, right) => left - right,
    '*': (left, right) => left * right,
    '/': (left, right) => left / right,
  };
  for (const [operator, apply] of Object.entries(mixed)) {
    const handler = (left: bigint | number, right: bigint | number) => apply(Number(left), Number(right));
    environment.registerOperator(`int ${operator} double: double`, handler);
    environment.registerOperator(`double ${operator} int: double`, handler);
  }
  // Loose on purpose: the strict form is false for every bigint beside a number. Not for lists: the library finds such an
  // overload ambiguous with its own when a list is empty, and throws.
  // biome-ignore lint/suspicious/noDoubleEquals: see above
  environment.registerOperator('int == double: bool', (left: bigint | number, right: bigint | number) => left == right);
}

/** Why a text is no condition; `start` and `end` are offsets into it. `code` is the library's. */
export interface SyntaxProblem {
  code: string;
  start: number;
  end: number;
}

/** The syntax tree, or what is wrong with it. Nesting, size and length are limited. */
export function parseCel(text: string): { ok: true; ast: ASTNode } | { ok: false; problem: SyntaxProblem } {
  if (text.length > longestText)
    return { ok: false, problem: { code: 'limit_exceeded', start: longestText, end: text.length } };
  try {
    return { ok: true, ast: environment.parse(text).ast };
  } catch (error) {
    const { code, range } = error instanceof ParseError ? error : { code: 'limit_exceeded', range: undefined };
    const start = range?.start ?? 0;
    return { ok: false, problem: { code, start, end: Math.max(start, range?.end ?? text.length) } };
  }
}

/** A text that the checker would have refused: too long, or with functions that conditions do not have. */
export class UnsupportedCel extends Error {}

export interface Compiled {
  ast: ASTNode;
  /** Whether the library finds nothing wrong with its types, as far as they are visible without schemas. */
  typesFit(): boolean;
  run(context: object): unknown;
}

/** As `parseCel`, and refuses functions beyond those above and macros nested too deeply. Throws, since it runs checked text. */
export function compileCel(text: string): Compiled {
  if (text.length > longestText) throw new UnsupportedCel();
  const parsed = environment.parse(text);
  refuseUnsupported(parsed.ast, 0);
  return {
    ast: parsed.ast,
    typesFit: () => parsed.check().valid,
    run: (context) => parsed(context),
  };
}

function refuseUnsupported(node: ASTNode, macros: number): void {
  const macro = node.op === 'rcall' && listMacros.has(node.args[0]);
  const known =
    node.op === 'call' ? functions.has(node.args[0]) : node.op === 'rcall' ? methods.has(node.args[0]) : true;
  if (!known || (macro && macros >= deepestMacros)) throw new UnsupportedCel();
  // The list that a macro goes through is worked out once, before it.
  for (const child of childrenOf(node)) refuseUnsupported(child, macro && child !== node.args[1] ? macros + 1 : macros);
}

/** A tree's text, with the parentheses it needs. */
export const textOfTree: (node: ASTNode) => string = serialize;

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}
