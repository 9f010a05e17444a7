// A step behind an exit, or behind branches that all exit, is never taken: its author thinks it is.

import { type AskDraft, branchesOf, type StepDraft } from '../draft.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unreachableStep(workspace: Workspace, report: Report): void {
  for (const { steps } of workspace.journeys) checkList(steps, workspace, report);
}

function checkList(steps: StepDraft[], workspace: Workspace, report: Report): void {
  const end = steps.findIndex((step) => ends(step, workspace));
  const next = end < 0 ? undefined : steps[end + 1];
  if (next) {
    const why = steps[end]!.kind === 'exit' ? phrase`the step before it exits` : phrase`every branch before it exits`;
    report(next.place, 'unreachable', phrase`no customer reaches this step: ${why}`);
  }
  for (const step of steps) for (const branch of branchesOf(step)) checkList(branch, workspace, report);
}

/** Whether nothing comes behind the step. */
function ends(step: StepDraft, workspace: Workspace): boolean {
  if (step.kind === 'exit') return true;
  if (step.kind === 'ask' && !hasAllAnswers(step, workspace)) return false;
  const branches = branchesOf(step);
  // A wait without a time-out never takes its (empty) `otherwise`: it ends with `lasts`.
  const taken =
    step.kind === 'wait' && (step.form === 'event' || step.form === 'if') && !step.withinMs && !step.until
      ? branches.slice(0, -1)
      : branches;
  return taken.length > 0 && taken.every((branch) => branch.some((inner) => ends(inner, workspace)));
}

/** An answer without steps of its own goes on behind the question; what is typed always does. */
function hasAllAnswers(step: AskDraft, { messages }: Workspace): boolean {
  const variants = messages.get(step.message?.value ?? '')?.variants ?? [];
  const answers = variants.flatMap((variant) => variant.answers ?? []).map(({ answer }) => answer.value);
  const own = step.answers.map(({ answer }) => answer.value);
  return answers.length > 0 && answers.every((answer) => own.includes(answer));
}
