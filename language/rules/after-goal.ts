// With `exits: false` a journey goes on after its goal: what reminds of the goal can then still go out.
import { branchesOf, type StepDraft } from '../draft.ts';
import type { Report } from '../source.ts';
import { namedEvents, purposesOf, type Workspace } from '../workspace.ts';

export function afterGoal(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    if (!journey.goal || journey.goal.exits || purposesOf(journey, undefined).length === 0) continue;
    const goal = namedEvents(journey.goal.on, workspace.events);
    const exits = journey.exits.flatMap((exit) => (exit.where ? [] : namedEvents(exit.on, workspace.events)));
    if (goal.every((event) => exits.includes(event))) continue;
    checkSteps(journey.steps, false, goal, workspace, report);
  }
}

/** `waited`: time has passed since entry, in which the goal can have been reached. */
function checkSteps(
  steps: StepDraft[],
  waited: boolean,
  goal: string[],
  workspace: Workspace,
  report: Report,
): boolean {
  let hasWaited = waited;
  for (const step of steps) {
    if (step.kind === 'send' && hasWaited && step.message) {
      const message = `"${step.message.value}" can go out after the goal: the goal does not end this journey (exits: false)`;
      report(step.message.place, 'after-goal', message, 'warning');
    }
    if (step.kind === 'wait') hasWaited = true;
    for (const branch of remindingBranches(step, goal, workspace)) {
      hasWaited = checkSteps(branch, hasWaited, goal, workspace, report) || hasWaited;
    }
  }
  return hasWaited;
}

/** Branches other than those that begin because the goal was reached: what is sent there is meant to follow it. */
function remindingBranches(step: StepDraft, goal: string[], workspace: Workspace): StepDraft[][] {
  if (step.kind !== 'wait' || step.form !== 'event') return branchesOf(step);
  const others = step.branches.filter(
    (branch) => !namedEvents(branch.on, workspace.events).some((event) => goal.includes(event)),
  );
  return [...others.map((branch) => branch.steps), step.otherwise];
}
