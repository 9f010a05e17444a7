// A branch behind one that always comes first.

import { allSteps, type ChooseDraft, type EventWaitDraft } from '../draft.ts';
import { allOf, phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import { namedEvents, type Workspace } from '../workspace.ts';

export function neverTaken(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    for (const step of allSteps(journey.steps)) {
      if (step.kind === 'choose') checkArms(step, report);
      if (step.kind === 'wait' && step.form === 'event') checkBranches(step, workspace, report);
    }
  }
}

/** Conditions that read nothing: `true`, `false`, and one that stood before. */
function checkArms(step: ChooseDraft, report: Report): void {
  const seen = new Set<string>();
  for (const { when } of step.arms) {
    if (!when) continue;
    const text = when.text.trim();
    const why = seen.has('true')
      ? phrase`the condition before it always holds`
      : seen.has(text)
        ? phrase`the same condition stands before it`
        : null;
    if (text === 'false')
      report(when.place, 'never-taken', phrase`this branch is never taken: false never holds`, 'warning');
    else if (why !== null) report(when.place, 'never-taken', phrase`this branch is never taken: ${why}`, 'warning');
    seen.add(text);
  }
  if (step.otherwise.length > 0 && seen.has('true')) {
    report(
      step.otherwise[0]!.place,
      'never-taken',
      phrase`this branch is never taken: a condition before it always holds`,
      'warning',
    );
  }
}

/** The first listener of an event that has no `where` takes them all. */
function checkBranches(step: EventWaitDraft, workspace: Workspace, report: Report): void {
  const taken = new Set<string>();
  for (const branch of step.branches) {
    const events = namedEvents(branch.on, workspace.events);
    if (events.length > 0 && events.every((event) => taken.has(event))) {
      const message = phrase`this branch is never taken: the one before it hears every ${allOf(events)}`;
      report(branch.on[0]!.place, 'never-taken', message, 'warning');
    }
    if (!branch.where) for (const event of events) taken.add(event);
  }
}
