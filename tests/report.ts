// A reporter for vitest: counts, and all that failed with its message (tests, hooks, files, what nobody caught), as JSON in
// the file TABIJI_TEST_REPORT.
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Report {
  passed: number;
  failed: number;
  skipped: number;
  failures: { file: string; name: string; message: string }[];
}

export default class implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const report: Report = { passed: 0, failed: 0, skipped: 0, failures: [] };
    for (const found of modules) readModule(found, report);
    for (const error of unhandled) report.failures.push({ file: '', name: 'outside of tests', message: text(error) });
    writeFileSync(process.env.TABIJI_TEST_REPORT!, JSON.stringify(report));
  }
}

function readModule(found: TestModule, report: Report): void {
  const file = found.relativeModuleId;
  const failed = (name: string, errors: readonly SerializedError[] = []) => {
    report.failures.push({ file, name, message: errors.map(text).join('\n') });
  };
  // Of a hook that failed, the tests it was for are only skipped.
  if (found.errors().length > 0) failed('the file', found.errors());
  for (const suite of found.children.allSuites()) if (suite.errors().length > 0) failed(suite.fullName, suite.errors());
  for (const test of found.children.allTests()) {
    const { state, errors } = test.result();
    if (state === 'pending') continue;
    report[state] += 1;
    if (state === 'failed') failed(test.fullName, errors);
  }
}

const text = ({ name, message, diff, stack, stacks }: SerializedError & { diff?: string }) => {
  const frames = stacks?.map(({ file, line, column }) => `    at ${file}:${line}:${column}`);
  return [`${name ?? 'Error'}: ${message}`, ...(diff ? [diff] : []), ...(frames ?? [stack ?? ''])].join('\n');
};
