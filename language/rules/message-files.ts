// A message needs a file for each channel it is sent by, one of which anybody can be sent: without a locale, or in the settings'.

import { type MessageStepDraft, messageSteps } from '../draft.ts';
import { fileFor, type MessageDraft } from '../messages.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function messageFiles(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    for (const step of messageSteps(journey.steps)) {
      const message = workspace.messages.get(step.message?.value ?? '');
      if (message) checkStep(step, message, workspace, report);
    }
  }
  for (const message of workspace.messages.values()) onePurpose(message, report);
}

function checkStep(step: MessageStepDraft, message: MessageDraft, workspace: Workspace, report: Report): void {
  for (const channel of Object.keys(workspace.settings.channels)) {
    if (!step.by.some((by) => by.value === channel)) continue;
    const locales = message.variants.filter((variant) => variant.channel === channel).map((variant) => variant.locale);
    const folder = `messages/${message.name}`;
    if (locales.length === 0) {
      report(
        step.message!.place,
        'message-file',
        phrase`${folder} has no file for ${channel}: add ${fileFor(channel)}`,
      );
    } else if (!locales.includes('') && !locales.includes(workspace.settings.locale)) {
      const advice = phrase`add ${fileFor(channel)}, for customers with another locale`;
      report(
        step.message!.place,
        'message-file',
        phrase`${folder} has only ${locales.toSorted().join(', ')}: ${advice}`,
      );
    }
  }
}

/** The variants of a message are one message: they need the same consent. */
function onePurpose(message: MessageDraft, report: Report): void {
  const [first, ...rest] = message.variants;
  for (const variant of rest) {
    if (variant.purpose?.value === first?.purpose?.value) continue;
    const place = variant.purpose?.place ?? { file: variant.source, start: 0, end: 0 };
    report(
      place,
      'message-file',
      phrase`the variants of a message have one purpose: ${first!.source.path} says otherwise`,
    );
  }
}
