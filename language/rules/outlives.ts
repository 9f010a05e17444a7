// Fixed waits that together are longer than `lasts`: what stands behind them would never happen.

import { branchesOf, type JourneyDraft, type StepDraft } from '../draft.ts';
import { inWords } from '../in-words.ts';
import { phrase } from '../phrase.ts';
import { lastsOf } from '../resolve.ts';
import type { Place, Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function outlives(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) checkJourney(journey, report);
}

function checkJourney(journey: JourneyDraft, report: Report): void {
  const lasts = lastsOf(journey);
  const over: Place[] = [];
  const longest = longestPath(journey.steps, 0, lasts, over);
  const place = over[0];
  if (longest <= lasts || !place) return;
  const advice = journey.lastsMs ? phrase`raise "lasts", or wait less` : phrase`set "lasts", or wait less`;
  const message = phrase`this wait ends up to ${inWords(longestAt(journey, place))} after entry, but an enrollment ends after ${inWords(lasts)}: ${advice}`;
  report(place, 'outlives', message);
}

/** When the wait at a place can end at the latest. */
function longestAt(journey: JourneyDraft, place: Place): number {
  let at = 0;
  longestPath(journey.steps, 0, Number.POSITIVE_INFINITY, [], (step, end) => {
    if (step.place.start === place.start) at = Math.max(at, end);
  });
  return at;
}

/** The latest end of a list of steps that begins at `from`; takes down each wait that is the first to end after `limit`. */
function longestPath(
  steps: StepDraft[],
  from: number,
  limit: number,
  over: Place[],
  seen: (step: StepDraft, end: number) => void = () => {},
): number {
  let at = from;
  for (const step of steps) {
    const begun = at;
    at += ownLength(step);
    if (begun <= limit && at > limit) over.push(step.place);
    seen(step, at);
    at = Math.max(at, ...branchesOf(step).map((branch) => longestPath(branch, at, limit, over, seen)));
  }
  return at;
}

function ownLength(step: StepDraft): number {
  if (step.kind === 'ask' || step.kind === 'handoff') return step.withinMs?.value ?? 0;
  if (step.kind !== 'wait') return 0;
  switch (step.form) {
    case 'length':
    case 'until_no':
      return step.forMs?.value ?? 0;
    case 'event':
    case 'if':
      return step.withinMs?.value ?? 0;
    case 'at':
      return (step.inDays?.value ?? 0) * 86_400_000;
    // A moment in data: nobody knows before somebody enters.
    case 'until':
      return 0;
    default:
      return step satisfies never;
  }
}
