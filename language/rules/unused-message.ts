// A message that no journey sends is either forgotten or misspelt somewhere.
import { phrase } from '../phrase.ts';
import { usedMessages } from '../resolve.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unusedMessage(workspace: Workspace, report: Report): void {
  const used = new Set(workspace.journeys.flatMap(usedMessages));
  for (const { name, place } of workspace.messages.values()) {
    if (!used.has(name)) report(place, 'unused-message', phrase`no journey sends "${name}"`, 'warning');
  }
}
