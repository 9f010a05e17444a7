// A webhook that is called stands in settings.yaml, and what is saved under one name is the answer of one webhook.

import { allSteps } from '../draft.ts';
import { didYouMean } from '../nearest.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unknownWebhook(workspace: Workspace, report: Report): void {
  const known = Object.keys(workspace.settings.webhooks ?? {});
  for (const journey of workspace.journeys) {
    const savedBy = new Map<string, string>();
    for (const step of allSteps(journey.steps)) {
      if (step.kind !== 'webhook' || !step.webhook) continue;
      const { value: name, place } = step.webhook;
      if (!known.includes(name)) {
        const near = didYouMean(name, known) || phrase`. give it a "url" under "webhooks" in settings.yaml`;
        report(place, 'unknown-webhook', phrase`unknown webhook "${name}"${near}`);
      }
      const other = step.save && savedBy.get(step.save.value);
      if (step.save && other !== undefined && other !== name)
        report(
          step.save.place,
          'name',
          phrase`"${step.save.value}" holds what "${other}" answers already: choose another name`,
        );
      if (step.save) savedBy.set(step.save.value, name);
    }
  }
}
