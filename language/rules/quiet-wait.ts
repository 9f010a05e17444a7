// A wait for a time of day that lies within quiet hours: the message behind it never goes at that time.

import type { QuietHours } from '../../engine/core/settings.ts';
import { branchesOf, type JourneyDraft, type MessageStepDraft, type StepDraft } from '../draft.ts';
import { type Phrase, phrase } from '../phrase.ts';
import type { Located, Report } from '../source.ts';
import { purposesOf, type Workspace } from '../workspace.ts';

export function quietWait(workspace: Workspace, report: Report): void {
  const { quietHours } = workspace.settings;
  if (!quietHours) return;
  for (const journey of workspace.journeys) {
    for (const { at, behind } of clockWaits(journey.steps, [])) {
      if (!isQuiet(quietHours, at.value)) continue;
      const message = soon(behind).find((step) => isHeld(workspace, journey, step, quietHours));
      if (message) report(at.place, 'quiet-wait', sentence(quietHours, at.value, message), 'warning');
    }
  }
}

function sentence({ from, to, answer }: QuietHours, at: string, { message }: MessageStepDraft): Phrase {
  const fate = answer === 'hold' ? phrase`would wait until ${to}` : phrase`would not be sent at all`;
  return phrase`${at} lies within the quiet hours, ${from} to ${to}: "${message!.value}" ${fate}. choose another time`;
}

/** The end is exclusive; a beginning after the end means over midnight. Both are the customer's clock, as the wait's. */
function isQuiet({ from, to }: QuietHours, at: string): boolean {
  return from < to ? at >= from && at < to : at >= from || at < to;
}

function isHeld({ messages }: Workspace, journey: JourneyDraft, step: MessageStepDraft, hours: QuietHours): boolean {
  const purpose = step.message && messages.get(step.message.value)?.variants[0]?.purpose?.value;
  if (!step.message || purposesOf(journey, purpose).length === 0) return false;
  return step.by.some(({ value }) => hours.channels.includes(value));
}

/** Waits that end at a time of day, each with what stands behind it. */
function clockWaits(steps: StepDraft[], after: StepDraft[]): { at: Located<string>; behind: StepDraft[] }[] {
  return steps.flatMap((step, index) => {
    const behind = [...steps.slice(index + 1), ...after];
    const at =
      step.kind !== 'wait'
        ? undefined
        : step.form === 'at'
          ? step.at
          : step.form === 'until'
            ? step.until.at
            : undefined;
    return [...(at ? [{ at, behind }] : []), ...branchesOf(step).flatMap((branch) => clockWaits(branch, behind))];
  });
}

/** The messages that follow without a wait in between. */
function soon(steps: StepDraft[]): MessageStepDraft[] {
  const found: MessageStepDraft[] = [];
  for (const step of steps) {
    if (step.kind === 'send' || step.kind === 'ask') found.push(step);
    if (step.kind === 'choose') found.push(...branchesOf(step).flatMap(soon));
    if (step.kind === 'wait' || step.kind === 'ask' || step.kind === 'exit') break;
  }
  return found;
}
