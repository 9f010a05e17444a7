// A step behind an exit, or behind branches that all exit, is never taken: its author thinks it is.
import { branchesOf, type StepDraft } from '../draft.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unreachableStep(workspace: Workspace, report: Report): void {
  for (const { steps } of workspace.journeys) checkList(steps, report);
}

function checkList(steps: StepDraft[], report: Report): void {
  const end = steps.findIndex(ends);
  const next = end < 0 ? undefined : steps[end + 1];
  if (next) {
    const why = steps[end]!.kind === 'exit' ? 'the step before it exits' : 'every branch before it exits';
    report(next.place, 'unreachable', `no customer reaches this step: ${why}`);
  }
  for (const step of steps) for (const branch of branchesOf(step)) checkList(branch, report);
}

/** Whether nothing comes behind the step. */
function ends(step: StepDraft): boolean {
  if (step.kind === 'exit') return true;
  const branches = branchesOf(step);
  // A wait without a time-out never takes its (empty) `otherwise`: it ends with `lasts`.
  const taken =
    step.kind === 'wait' && (step.form === 'event' || step.form === 'if') && !step.withinMs && !step.until
      ? branches.slice(0, -1)
      : branches;
  return taken.length > 0 && taken.every((branch) => branch.some(ends));
}
