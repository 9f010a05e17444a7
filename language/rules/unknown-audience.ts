// Audiences that a journey names must stand in the settings, on each platform that it names.

import { adPlatforms } from '../../engine/core/settings.ts';
import { type AudienceDraft, allSteps } from '../draft.ts';
import { didYouMean } from '../nearest.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function unknownAudience(workspace: Workspace, report: Report): void {
  for (const journey of workspace.journeys)
    for (const step of allSteps(journey.steps)) if (step.kind === 'audience') checkAudience(step, workspace, report);
}

function checkAudience({ audience, platforms }: AudienceDraft, { settings }: Workspace, report: Report): void {
  const ads = settings.channels.ads ?? {};
  platforms.forEach(({ value: name, place }, index) => {
    const platform = adPlatforms.find((one) => one === name);
    const known = platform && ads[platform];
    if (platforms.findIndex((other) => other.value === name) < index)
      report(place, 'unknown-platform', phrase`"${name}" is already in the list`);
    else if (!platform)
      report(place, 'unknown-platform', phrase`unknown platform "${name}"${didYouMean(name, adPlatforms)}`);
    else if (!known)
      report(
        place,
        'unknown-platform',
        phrase`"${name}" is not set up: it stands under "ads" in "channels" in settings.yaml`,
      );
    else if (audience && known.audiences[audience.value] === undefined)
      report(
        audience.place,
        'unknown-audience',
        phrase`there is no audience "${audience.value}" on ${name}${didYouMean(audience.value, Object.keys(known.audiences)) || phrase`. give it an id under "audiences" in settings.yaml`}`,
      );
  });
}
