// A declared event that nothing enters on, listens to or looks back at.

import type { Plan } from '../../engine/core/plan.ts';
import { phrase } from '../phrase.ts';
import { eventsIn } from '../resolve.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unusedEvent(workspace: Workspace, report: Report, plans: Plan[]): void {
  const used = new Set(plans.flatMap(eventsIn));
  for (const [name, { place }] of workspace.events) {
    if (!used.has(name)) report(place, 'unused-event', phrase`no journey uses the event "${name}"`, 'warning');
  }
}
