// A rolling cap that holds a message for up to its window, while the message expires sooner: it may never go.

import { messageSteps } from '../draft.ts';
import { defaultExpiresMs } from '../graph.ts';
import { inWords } from '../in-words.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import { purposesOf, type Workspace } from '../workspace.ts';

export function holdTooLong(workspace: Workspace, report: Report): void {
  const caps = (workspace.settings.caps ?? []).filter((cap) => cap.answer === 'hold' && typeof cap.per === 'number');
  for (const journey of workspace.journeys) {
    for (const step of messageSteps(journey.steps)) {
      if (step.hold || !step.message) continue;
      const message = workspace.messages.get(step.message.value);
      const isCapped = purposesOf(journey, message?.variants[0]?.purpose?.value).length > 0;
      const expiresMs = step.expiresMs?.value ?? defaultExpiresMs;
      const own = isCapped ? caps.filter((cap) => step.by.some((by) => cap.channels.includes(by.value))) : [];
      const longest = Math.max(0, ...own.map((cap) => cap.per as number));
      if (longest <= expiresMs) continue;
      const advice = phrase`raise "expires", or let the cap skip`;
      const sentence = phrase`a cap can hold this message for ${inWords(longest)}, but it expires after ${inWords(expiresMs)}: ${advice}`;
      report((step.expiresMs ?? step.message).place, 'hold-too-long', sentence, 'warning');
    }
  }
}
