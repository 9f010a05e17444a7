// Checks the variables of a parsed template against what it will be sent with: known names, and nothing missing.

import {
  AssignTag,
  CaptureTag,
  CaseTag,
  type Filter,
  ForTag,
  IfTag,
  LiquidTag,
  Output,
  TablerowTag,
  type Template,
  type Token,
  TypeGuards,
  UnlessTag,
  Value,
} from 'liquidjs';
import type { EmbeddedText } from './embedded-text.ts';
import { type Phrase, phrase } from './phrase.ts';
import type { Report } from './source.ts';
import { type Facts, factsOf } from './template-facts.ts';
import { follow, innerPaths, type PathResult, segmentsOf } from './template-paths.ts';
import { branchOf, mergeBranches, type TemplateScope, type TemplateType } from './template-scope.ts';

interface Check {
  text: EmbeddedText;
  report: Report;
}

/** Anything Liquid can take the value of: an output, a tag's argument, a filter's argument. */
type Argument = Value | Token;

/** Reports every variable of the template that is unknown, or that may be missing where it is used bare. */
export function checkTemplate(templates: Template[], text: EmbeddedText, scope: TemplateScope, report: Report): void {
  walk(templates, branchOf(scope), { text, report });
}

function walk(templates: Template[], scope: TemplateScope, check: Check): TemplateScope {
  for (const template of templates) visit(template, scope, check);
  return scope;
}

function visit(template: Template, scope: TemplateScope, check: Check): void {
  if (template instanceof Output) visitOutput(template, scope, check);
  else if (template instanceof IfTag) visitIf(template, scope, check);
  else if (template instanceof UnlessTag) visitUnless(template, scope, check);
  else if (template instanceof ForTag || template instanceof TablerowTag) visitLoop(template, scope, check);
  else if (template instanceof CaseTag) visitCase(template, scope, check);
  else if (template instanceof LiquidTag) refuseLiquidTag(template, check);
  else visitOther(template, scope, check);
}

function visitOutput(output: Output, scope: TemplateScope, check: Check): void {
  const type = checkArgument(output.value, scope, check);
  if (type.kind !== 'list' && type.kind !== 'map') return;
  const message =
    type.kind === 'list'
      ? phrase`a list cannot be written out: use "for", or "join"`
      : phrase`a map cannot be written out: name one of its properties`;
  sayAt(output.token, 'type', message, check);
}

/** Each branch is seen only if the ones before it do not hold. */
function visitIf(tag: IfTag, scope: TemplateScope, check: Check): void {
  let known: string[] = [];
  const branches = tag.branches.map(({ value, templates }) => {
    const facts = checkCondition(value, branchOf(scope, known), check);
    const branch = walk(templates, branchOf(scope, [...known, ...facts.ifTrue]), check);
    known = [...known, ...facts.ifFalse];
    return branch;
  });
  mergeBranches(scope, [...branches, walk(tag.elseTemplates ?? [], branchOf(scope, known), check)]);
}

function visitUnless(tag: UnlessTag, scope: TemplateScope, check: Check): void {
  const [first, ...rest] = tag.branches;
  const facts = first ? checkCondition(first.value, scope, check) : { ifTrue: [], ifFalse: [] };
  const branches = first ? [walk(first.templates, branchOf(scope, facts.ifFalse), check)] : [];
  for (const { value, templates } of rest) {
    const own = checkCondition(value, branchOf(scope, facts.ifTrue), check);
    branches.push(walk(templates, branchOf(scope, [...facts.ifTrue, ...own.ifTrue]), check));
  }
  mergeBranches(scope, [...branches, walk(tag.elseTemplates, branchOf(scope, facts.ifTrue), check)]);
}

/** In a condition a path may be missing; it must lead somewhere all the same. */
function checkCondition(value: Value, scope: TemplateScope, check: Check): Facts {
  for (const token of value.initial.postfix) checkToken(token, scope, check, true);
  for (const argument of filterArguments(value)) checkArgument(argument, scope, check);
  return value.filters.length === 0 ? factsOf(value.initial) : { ifTrue: new Set(), ifFalse: new Set() };
}

function visitLoop(tag: ForTag | TablerowTag, scope: TemplateScope, check: Check): void {
  for (const argument of tag.arguments()) if (argument !== tag.collection) checkArgument(argument, scope, check);
  const over = checkArgument(tag.collection, scope, check);
  const inside = branchOf(scope);
  for (const path of inside.present) if (path.startsWith(`${tag.variable}.`)) inside.present.delete(path);
  inside.names.set(
    tag.variable,
    over.kind === 'list' ? { ...over.of, optional: false } : { kind: 'any', optional: false },
  );
  if (over.kind !== 'list' && over.kind !== 'any') {
    const message = phrase`"for" goes through a list; this is a ${over.kind}`;
    sayAt(tag.token, 'type', message, check);
  }
  walk(tag.templates, inside, check);
  inside.names.delete(tag.variable);
  const otherwise = 'elseTemplates' in tag ? walk(tag.elseTemplates ?? [], branchOf(scope), check) : branchOf(scope);
  mergeBranches(scope, [inside, otherwise]);
}

function visitCase(tag: CaseTag, scope: TemplateScope, check: Check): void {
  checkArgument(tag.value, scope, check);
  const branches = tag.branches.map(({ values, templates }) => {
    for (const value of values) checkArgument(value, scope, check);
    return walk(templates, branchOf(scope), check);
  });
  mergeBranches(scope, [...branches, walk(tag.elseTemplates, branchOf(scope), check)]);
}

function refuseLiquidTag(tag: LiquidTag, check: Check): void {
  sayAt(tag.token, 'template', phrase`"liquid" is not read here: write each tag in its own {% … %}`, check);
}

/** `assign`, `capture`, `echo`, `cycle` and the like. */
function visitOther(template: Template, scope: TemplateScope, check: Check): void {
  let type: TemplateType = { kind: 'any', optional: false };
  for (const argument of template.arguments?.() ?? []) type = checkArgument(argument, scope, check);
  if (template instanceof CaptureTag) walk(template.templates, scope, check);
  for (const name of template.localScope?.() ?? []) {
    const word = typeof name === 'string' ? name : name.content;
    scope.names.set(word, template instanceof AssignTag ? type : { kind: 'any', optional: false });
  }
}

/** The type of an argument; what it reads must be there unless its first filter is `default`. */
function checkArgument(argument: Argument, scope: TemplateScope, check: Check): TemplateType {
  if (!(argument instanceof Value)) return checkToken(argument, scope, check, false);
  const filters = ownFilters(argument);
  const hasDefault = filters[0]?.name === 'default';
  const types = argument.initial.postfix.map((token) => checkToken(token, scope, check, hasDefault));
  for (const inner of filterArguments(argument)) checkArgument(inner, scope, check);
  const isPlain = filters.length === 0 && types.length === 1;
  return isPlain ? types[0]! : { kind: 'any', optional: false };
}

/** An output that escapes has a filter more than its author wrote, named after its function. */
function ownFilters(value: Value): Filter[] {
  return value.filters.filter((filter) => !filter.name.startsWith('[object'));
}

function filterArguments(value: Value): Token[] {
  const all = value.filters.flatMap((filter) =>
    filter.args.map((argument) => (Array.isArray(argument) ? argument[1] : argument)),
  );
  return all.filter((argument) => argument !== undefined);
}

function checkToken(token: Token, scope: TemplateScope, check: Check, mayBeMissing: boolean): TemplateType {
  const any: TemplateType = { kind: 'any', optional: false };
  if (TypeGuards.isRangeToken(token)) {
    for (const end of [token.lhs, token.rhs]) checkToken(end, scope, check, false);
    return any;
  }
  const segments = TypeGuards.isPropertyAccessToken(token) ? segmentsOf(token) : null;
  if (!TypeGuards.isPropertyAccessToken(token) || !segments) return any;
  for (const inner of innerPaths(token)) checkToken(inner, scope, check, mayBeMissing);
  const found = follow(segments, scope);
  sayFound(token, found, mayBeMissing, check);
  return found.unknown === undefined ? { ...found.type, optional: false } : any;
}

function sayFound(token: Token, found: PathResult, mayBeMissing: boolean, check: Check): void {
  const advice = phrase`give it a default first ("| default: …"), or ask for it in an "if"`;
  if (found.unknown !== undefined) sayAt(token, 'unknown-variable', found.unknown, check);
  else if (found.missing !== undefined && !mayBeMissing) {
    sayAt(token, 'may-be-missing', phrase`"${found.missing}" may be missing: ${advice}`, check);
  }
}

function sayAt(token: Token, rule: string, message: Phrase, check: Check): void {
  check.report(check.text.placeOf(token.begin, token.end), rule, message);
}
