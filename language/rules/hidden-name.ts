// A value of `with` stands beside the names that every template sees, and must not hide one of them.

import { messageSteps } from '../draft.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import { reservedNames } from '../template-scope.ts';
import type { Workspace } from '../workspace.ts';

export function hiddenName(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    for (const step of messageSteps(journey.steps)) {
      for (const [name, place] of step.withPlaces) checkName(name, place, report);
    }
  }
}

function checkName(name: string, place: Parameters<Report>[0], report: Report): void {
  if (reservedNames.includes(name)) {
    report(place, 'hidden-name', phrase`"${name}" is a name that every template sees: call the value something else`);
  } else if (!/^[A-Za-z_]\w*$/.test(name) || name in Object.prototype) {
    report(place, 'name', phrase`"${name}" cannot be used in a template: letters, digits and "_", not a digit first`);
  }
}
