// The compiler's table: every folder in err/ says exactly what its expected.txt holds, every folder in ok/ compiles to its
// plan.json. UPDATE=1 writes the files anew, to be read before they are committed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../../language/compile.ts';
import { renderDiagnostics } from '../../language/diagnostic.ts';
import { caseFolder, casesIn } from './folders.ts';

describe('says exactly what is wrong', () => {
  test.each(casesIn('err'))('%s', async (name) => {
    const files = caseFolder('err', name);
    const { plans, settings, diagnostics } = await compile(files);
    expectFile('err', name, 'expected.txt', renderDiagnostics(diagnostics, files));
    expect(diagnostics).not.toEqual([]);
    if (!name.startsWith('warn-')) expect({ plans, settings }).toEqual({ plans: [], settings: null });
  });
});

describe('compiles to the plan', () => {
  test.each(casesIn('ok'))('%s', async (name) => {
    const { plans, diagnostics } = await compile(caseFolder('ok', name));
    expect(diagnostics).toEqual([]);
    const plan = plans.find((one) => one.journey !== 'base');
    expectFile('ok', name, 'plan.json', `${JSON.stringify(withoutBase(plan), null, 2)}\n`);
  });
});

/** Plans without what is the same in all of them: schemas, and the HTML that the layout makes. */
function withoutBase(plan: object | undefined): object {
  return JSON.parse(
    JSON.stringify(plan, (key, value) =>
      key === 'schemas' || (key === 'html' && /<html/.test(value)) ? undefined : value,
    ),
  );
}

function expectFile(kind: 'ok' | 'err', name: string, file: string, actual: string): void {
  const path = join(import.meta.dirname, kind, name, file);
  if (process.env.UPDATE === '1') writeFileSync(path, actual);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(actual);
}
