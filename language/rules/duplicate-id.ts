// A step's id is its place in a journey: two steps cannot share one.

import { allSteps } from '../draft.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function duplicateId(workspace: Workspace, report: Report): void {
  for (const { steps } of workspace.journeys) {
    const seen = new Set<string>();
    for (const { id, ownId } of allSteps(steps)) {
      if (ownId && seen.has(id)) report(ownId, 'duplicate-id', phrase`another step has the id "${id}" already`);
      seen.add(id);
    }
  }
}
