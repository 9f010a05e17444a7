// An event declared by its name alone can be listened to, but nothing in it can be checked or used.
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import { listenersOf, namedEvents, type Workspace } from '../workspace.ts';

export function undeclaredProperties(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    for (const name of [...journey.enter.on, ...listenersOf(journey).flatMap((listener) => listener.on)]) {
      for (const event of namedEvents([name], workspace.events)) {
        if (workspace.events.get(event)?.definition.properties) continue;
        const message = phrase`"${event}" is declared without properties: nothing in it can be used`;
        report(name.place, 'undeclared-properties', message, 'warning');
      }
    }
  }
}
