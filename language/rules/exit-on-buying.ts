// A marketing journey that goes on selling to somebody who has bought is the commonest complaint about such mail.

import type { JourneyDraft } from '../draft.ts';
import { oneOf, phrase } from '../phrase.ts';
import { type Report, topOf } from '../source.ts';
import { namedEvents, purposesOf, type Workspace } from '../workspace.ts';

/** Journeys of these stages begin after the purchase: another one does not end them. */
const afterPurchase = ['post_purchase', 'advocacy'];

export function exitOnBuying(workspace: Workspace, report: Report): void {
  const buying = [...workspace.events].filter(([, source]) => source.definition.buys).map(([name]) => name);
  if (buying.length === 0) return;
  for (const journey of workspace.journeys) {
    const isSelling = purposesOf(journey, undefined).length > 0 && !afterPurchase.includes(journey.stage?.value ?? '');
    if (!isSelling || endsOn(journey, buying, workspace)) continue;
    const place = journey.journey?.place ?? topOf(journey.source);
    const message = phrase`nothing ends this marketing journey when the customer buys: add a goal or exit on ${oneOf(buying)}`;
    report(place, 'exit-on-buying', message, 'warning');
  }
}

function endsOn(journey: JourneyDraft, buying: string[], workspace: Workspace): boolean {
  const ending = [...(journey.goal?.exits ? [journey.goal] : []), ...journey.exits];
  const names = ending.flatMap((listener) => namedEvents(listener.on, workspace.events));
  return buying.some((event) => names.includes(event));
}
