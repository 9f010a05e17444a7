// A marketing email names its sender with postal address and contact, and can be unsubscribed from (in Japan the law on
// specified electronic mail, elsewhere CAN-SPAM and RFC 8058). The default layout does it, from the brand's fields.

import type { Brand } from '../../engine/core/settings.ts';
import { messageSteps } from '../draft.ts';
import type { MailDraft } from '../messages.ts';
import { allOf, phrase, quoted } from '../phrase.ts';
import type { Report } from '../source.ts';
import { purposesOf, type Workspace } from '../workspace.ts';

export function legalParts(workspace: Workspace, report: Report): void {
  for (const variant of marketingEmails(workspace)) {
    if (variant.layout === 'none') checkOwnLayout(variant, workspace.settings.brand, report);
    else checkBrand(workspace, report);
  }
}

/** Every email that is sent for a purpose besides `transactional`. */
function marketingEmails(workspace: Workspace): Set<MailDraft> {
  const found = new Set<MailDraft>();
  for (const journey of workspace.journeys) {
    for (const step of messageSteps(journey.steps)) {
      const message = workspace.messages.get(step.message?.value ?? '');
      for (const variant of message?.variants ?? []) {
        const isMarketing = purposesOf(journey, variant.purpose?.value).length > 0;
        if (isMarketing && variant.form === 'mail') found.add(variant);
      }
    }
  }
  return found;
}

function checkBrand(workspace: Workspace, report: Report): void {
  const { brand } = workspace.settings;
  const missing = (['postal_address', 'contact'] as const).filter((key) => brand[key] === undefined);
  if (missing.length === 0) return;
  const keys = allOf(missing.map(quoted));
  report(
    workspace.settingsPlace,
    'legal-parts',
    phrase`a marketing email must show the brand's ${keys}: add it under "brand"`,
  );
}

function checkOwnLayout(variant: MailDraft, brand: Brand, report: Report): void {
  const { text } = variant.body;
  const shown = { name: brand.name, postal_address: brand.postal_address, contact: brand.contact };
  const missing = Object.entries(shown)
    .filter(
      ([key, value]) => !new RegExp(`\\{\\{-?\\s*brand\\.${key}\\b`).test(text) && !(value && text.includes(value)),
    )
    .map(([key]) => `brand.${key}`);
  if (!/\{\{-?\s*unsubscribe_url\b/.test(text)) missing.push('unsubscribe_url');
  if (missing.length === 0) return;
  const parts = missing.map((name) => `{{ ${name} }}`).join(', ');
  report(
    { ...variant.body.place, end: variant.body.place.start + 1 },
    'legal-parts',
    phrase`"layout: none" leaves a marketing email without ${parts}`,
  );
}
