// A moment in data can lie years ahead: who does not say how long an enrollment lasts may lose it at the default's end.

import { allSteps, type StepDraft } from '../draft.ts';
import { phrase } from '../phrase.ts';
import type { Place, Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function untilWithoutLasts(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    if (journey.lastsMs) continue;
    const place = allSteps(journey.steps).flatMap((step) => placeOfUntil(step) ?? [])[0];
    const message = phrase`this wait ends at a moment in data, and an enrollment after 90 days: say with "lasts" how long it may live`;
    if (place) report(place, 'until-without-lasts', message, 'warning');
  }
}

function placeOfUntil(step: StepDraft): Place | undefined {
  const isUntil =
    step.kind === 'wait' && (step.form === 'until' || ((step.form === 'event' || step.form === 'if') && step.until));
  return isUntil ? step.place : undefined;
}
