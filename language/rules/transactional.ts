// What only makes sense with consent, and is refused where none is asked for.
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function transactional(workspace: Workspace, report: Report): void {
  for (const { purpose, holdout } of workspace.journeys) {
    if (purpose?.value !== 'transactional' || !holdout || holdout.value === 0) continue;
    report(holdout.place, 'transactional', 'nobody is held out of a transactional journey: remove "holdout"');
  }
}
