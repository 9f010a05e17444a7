// An order of cart A that ends the reminder of cart B: events that belong to one thing, heard by a journey about another.

import type { JourneyDraft, ListenerDraft } from '../draft.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import { definitionOf, listenersOf, namedEvents, type Workspace } from '../workspace.ts';

export function otherEnrollment(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    for (const listener of listenersOf(journey))
      if (!listener.where) checkListener(listener, journey, workspace, report);
  }
}

function checkListener(listener: ListenerDraft, journey: JourneyDraft, workspace: Workspace, report: Report): void {
  const key = journey.enter.key?.value;
  for (const name of listener.on) {
    for (const event of namedEvents([name], workspace.events)) {
      const { correlate } = definitionOf(event, workspace.events);
      const shared = correlate.find((property) => isInEntry(property, journey, workspace));
      if (shared === undefined || (key !== undefined && correlate.includes(key))) continue;
      const advice = phrase`set "key: event.${shared}", or say with "where" which one counts`;
      report(
        name.place,
        'other-enrollment',
        phrase`"${event}" of another ${shared} counts here, too: ${advice}`,
        'warning',
      );
    }
  }
}

function isInEntry(property: string, journey: JourneyDraft, workspace: Workspace): boolean {
  const entry = namedEvents(journey.enter.on, workspace.events);
  return (
    entry.length > 0 &&
    entry.every((name) => Object.hasOwn(definitionOf(name, workspace.events).properties ?? {}, property))
  );
}
