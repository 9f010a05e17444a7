// A journey that holds everybody out says nothing to anybody, and has nobody to be compared with.
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

/** In hundredths of a percent. */
const everybody = 10_000;

export function allHeldOut(workspace: Workspace, report: Report): void {
  for (const { holdout } of workspace.journeys)
    if (holdout && holdout.value >= everybody)
      report(
        holdout.place,
        'all-held-out',
        phrase`everybody is held out: nobody is ever sent anything. a share like 10% leaves people to compare with`,
        'warning',
      );
}
