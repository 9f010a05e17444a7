// A key must be there in every entry event, and must be one comparable value: otherwise enrollments could not be told apart.

import { didYouMean } from '../nearest.ts';
import { phrase } from '../phrase.ts';
import { sharedProperties } from '../shared-properties.ts';
import type { Report } from '../source.ts';
import { definitionsOf, namedEvents, type Workspace } from '../workspace.ts';

export function entryKey(workspace: Workspace, report: Report): void {
  for (const { enter } of workspace.journeys) {
    const entry = namedEvents(enter.on, workspace.events);
    if (!enter.key || entry.length === 0) continue;
    const { value, place } = enter.key;
    const shared = sharedProperties(entry, definitionsOf(workspace.events));
    const type = Object.hasOwn(shared, value) ? shared[value] : undefined;
    const carrier = entry.length === 1 ? phrase`the event "${entry[0]!}"` : phrase`what the entry events share`;
    if (!type) {
      report(
        place,
        'unknown-property',
        phrase`${carrier} has no property "${value}"${didYouMean(value, Object.keys(shared))}`,
      );
    } else if (type.optional) {
      report(
        place,
        'key-may-be-missing',
        phrase`"${value}" may be missing from ${carrier}: a key must always be there`,
      );
    } else if (!['string', 'int', 'date'].includes(type.kind)) {
      report(place, 'type', phrase`a key is of type string, int or date; "${value}" is a ${type.kind}`);
    }
  }
}
