// What only makes sense with consent, and is refused where none is asked for.

import { allSteps } from '../draft.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function transactional(workspace: Workspace, report: Report): void {
  for (const { purpose, holdout, steps } of workspace.journeys) {
    if (purpose?.value !== 'transactional') continue;
    if (holdout && holdout.value > 0)
      report(holdout.place, 'transactional', phrase`nobody is held out of a transactional journey: remove "holdout"`);
    for (const step of allSteps(steps))
      if (step.kind === 'audience' && step.change === 'add')
        report(step.place, 'transactional', phrase`an audience needs consent: give the journey the purpose it is for`);
  }
}
