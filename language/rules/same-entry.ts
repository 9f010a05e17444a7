// Two journeys that begin with the same event and write on the same channel: one customer, two mails at once.

import { type JourneyDraft, messageSteps } from '../draft.ts';
import { phrase } from '../phrase.ts';
import { type Report, topOf } from '../source.ts';
import { namedEvents, type Workspace } from '../workspace.ts';

export function sameEntry(workspace: Workspace, report: Report): void {
  workspace.journeys.forEach((journey, index) => {
    for (const earlier of workspace.journeys.slice(0, index)) compare(journey, earlier, workspace, report);
  });
}

function compare(journey: JourneyDraft, earlier: JourneyDraft, workspace: Workspace, report: Report): void {
  const others = namedEvents(earlier.enter.on, workspace.events);
  const event = namedEvents(journey.enter.on, workspace.events).find((name) => others.includes(name));
  const channel = [...channelsOf(journey)].find((name) => channelsOf(earlier).has(name));
  if (event === undefined || channel === undefined) return;
  const place = journey.enter.on[0]?.place ?? topOf(journey.source);
  const other = earlier.journey?.value ?? earlier.source.path;
  report(place, 'same-entry', phrase`"${other}" begins with ${event} as well, and both send by ${channel}`, 'warning');
}

function channelsOf(journey: JourneyDraft): Set<string> {
  return new Set(messageSteps(journey.steps).flatMap((step) => step.by.map((by) => by.value)));
}
