// Messages, channels and purposes that a journey or message names must exist.

import { refuseChannel } from '../channels.ts';
import { type AskDraft, messageSteps, type SendDraft } from '../draft.ts';
import { didYouMean } from '../nearest.ts';
import { phrase } from '../phrase.ts';
import type { Located, Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unknownNames(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys) {
    refusePurpose(journey.purpose, workspace, report);
    for (const step of messageSteps(journey.steps)) checkStep(step, workspace, report);
  }
  for (const message of workspace.messages.values()) {
    for (const variant of message.variants) refusePurpose(variant.purpose, workspace, report);
  }
}

function checkStep(step: SendDraft | AskDraft, workspace: Workspace, report: Report): void {
  const { message } = step;
  if (message && !workspace.messages.has(message.value)) {
    const near = didYouMean(message.value, workspace.messages.keys());
    report(message.place, 'unknown-message', phrase`there is no folder messages/${message.value}${near}`);
  }
  step.by.forEach((channel, index) => {
    const isTwice = step.by.findIndex((other) => other.value === channel.value) < index;
    if (isTwice) report(channel.place, 'unknown-channel', phrase`"${channel.value}" is already in the list`);
    else refuseChannel(channel, workspace.settings.channels, report);
  });
}

function refusePurpose(purpose: Located<string> | undefined, workspace: Workspace, report: Report): void {
  const known = [...workspace.settings.purposes, 'transactional'];
  if (!purpose || known.includes(purpose.value)) return;
  const near = didYouMean(purpose.value, known) || phrase`. declare it under "purposes" in settings.yaml`;
  report(purpose.place, 'unknown-purpose', phrase`unknown purpose "${purpose.value}"${near}`);
}
