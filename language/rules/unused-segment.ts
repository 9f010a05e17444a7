// A segment that no condition names is either forgotten or misspelt somewhere.

import type { Plan } from '../../engine/core/plan.ts';
import { phrase } from '../phrase.ts';
import { segmentsIn } from '../segments.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unusedSegment(workspace: Workspace, report: Report, plans: Plan[]): void {
  const used = new Set(plans.flatMap(segmentsIn));
  for (const [name, { place }] of workspace.segmentDrafts)
    if (!used.has(name)) report(place, 'unused-segment', phrase`no condition names the segment "${name}"`, 'warning');
}
