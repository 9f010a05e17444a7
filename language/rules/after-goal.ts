// With `exits: false` a journey goes on after its goal: what reminds of the goal can then still go out.

import { branchesOf, type StepDraft } from '../draft.ts';
import { phrase } from '../phrase.ts';
import type { Located, Report } from '../source.ts';
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

/** `waited`: time has passed unwatched, in which the goal can have been reached. Answers whether it has afterwards. */
function checkSteps(
  steps: StepDraft[],
  waited: boolean,
  goal: string[],
  workspace: Workspace,
  report: Report,
): boolean {
  let hasWaited = waited;
  for (const step of steps) {
    if ((step.kind === 'send' || step.kind === 'ask') && hasWaited && step.message) {
      const message = phrase`"${step.message.value}" can go out after the goal: the goal does not end this journey (exits: false)`;
      report(step.message.place, 'after-goal', message, 'warning');
    }
    hasWaited = afterStep(step, hasWaited, goal, workspace, report);
  }
  return hasWaited;
}

/**
 * A wait for the goal itself watches: its branch is meant to follow the goal, its `otherwise` knows that there was none
 * (from entry on, if the wait says `since: entry`). Any other wait lets time pass.
 */
function afterStep(step: StepDraft, waited: boolean, goal: string[], workspace: Workspace, report: Report): boolean {
  const check = (branch: StepDraft[], before: boolean) => checkSteps(branch, before, goal, workspace, report);
  // Between a question and its answer time passes.
  if (step.kind === 'ask') {
    for (const branch of branchesOf(step)) check(branch, true);
    return true;
  }
  if (step.kind !== 'wait')
    return (
      branchesOf(step)
        .map((branch) => check(branch, waited))
        .some(Boolean) || waited
    );
  if (step.form !== 'event') return true;
  const hears = (on: Located<string>[]) => namedEvents(on, workspace.events).some((event) => goal.includes(event));
  const others = step.branches.filter((branch) => !hears(branch.on));
  for (const branch of others) check(branch.steps, true);
  const isWatched = others.length < step.branches.length;
  check(step.otherwise, isWatched ? waited && step.since === undefined : true);
  return true;
}
