// Two journeys of one name would be two versions of each other.
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function duplicateJourney(workspace: Workspace, report: Report): void {
  const owners = new Map<string, string>();
  for (const { journey, source } of workspace.journeys) {
    if (!journey) continue;
    const owner = owners.get(journey.value);
    if (owner !== undefined)
      report(journey.place, 'duplicate-journey', phrase`the journey "${journey.value}" already stands in ${owner}`);
    else owners.set(journey.value, source.path);
  }
}
