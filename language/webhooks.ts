// `webhooks` in settings.yaml, and the step that calls one.

import type { Condition, WebhookStep } from '../engine/core/plan.ts';
import type { Json, Schema } from '../engine/core/schema.ts';
import type { WebhookSettings } from '../engine/core/settings.ts';
import type { Kind } from './condition/kind.ts';
import type { StepDraft, WebhookDraft } from './draft.ts';
import { type EmbeddedText, readCondition } from './embedded-text.ts';
import { type Phrase, phrase, quoted } from './phrase.ts';
import { readSchema } from './property-type.ts';
import { readEntries, readJson, readLength, readMap, readText, say } from './reader.ts';
import { readStepKeys, type StepContext } from './steps.ts';
import type { Value } from './yaml.ts';

/** Reads `{ crm: { url: https://…, returns: { score: "number?" } } }`. */
export function readWebhooks(value: Value): { [name: string]: WebhookSettings } {
  const entries = readEntries(value, phrase`"webhooks" is a map from names to addresses: { crm: { url: https://… } }`);
  const webhooks: { [name: string]: WebhookSettings } = {};
  for (const [name, entry] of entries ?? []) {
    if (!/^[a-z][a-z0-9_-]{0,63}$/.test(name))
      value.yaml.report(entry.key, 'name', phrase`"${name}" cannot name a webhook: small letters, digits, "-" and "_"`);
    const fields = readMap(entry, { what: phrase`a webhook`, known: ['url', 'returns'], required: ['url'] });
    const url = fields?.get('url') && readUrl(fields.get('url')!);
    const returns = fields?.get('returns') && readSchema(fields.get('returns')!);
    webhooks[name] = { url: url ?? '', returns: returns ?? {} };
  }
  return webhooks;
}

function readUrl(value: Value): string | undefined {
  const url = readText(value, phrase`an address is expected here, like https://crm.example/hook`);
  if (!url) return undefined;
  const isLocal = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(url.value);
  if (URL.canParse(url.value) && (url.value.startsWith('https://') || isLocal)) return url.value;
  return say(value, 'value', phrase`"${url.value}" is no address that can be called: it begins with https://`);
}

export function readWebhook(context: StepContext): WebhookDraft {
  readStepKeys(context, 'webhook', ['with', 'save', 'expires']);
  const { fields, base } = context;
  const save = fields.get('save');
  const expires = fields.get('expires');
  const values =
    fields.get('with') && readEntries(fields.get('with')!, phrase`values are given as a map: { percent: 10 }`);
  return {
    ...base,
    kind: 'webhook',
    webhook: readText(fields.get('webhook')!, phrase`the name of a webhook is expected here, as in settings.yaml`),
    with: [...(values ?? [])].map(([name, field]) => ({ name, ...readSource(field) })),
    ...(save && { save: readSave(save) }),
    ...(expires && { expiresMs: readLength(expires, quoted('expires')) }),
  };
}

function readSource(field: Value): { cel?: EmbeddedText; value?: Json } {
  const json = readJson(field);
  if (typeof json !== 'object' || json === null || !('cel' in json)) return { value: json ?? null };
  const inner = readMap(field, { what: phrase`a computed value`, known: ['cel'] });
  return inner?.has('cel') ? { cel: readCondition(inner.get('cel')!) } : {};
}

function readSave(value: Value) {
  const name = readText(value, phrase`"save" is a word: the answer is vars.<word> from then on`);
  if (!name || /^[a-z][a-z0-9_]{0,63}$/.test(name.value)) return name;
  return say(value, 'name', phrase`"${name.value}" cannot name an answer: small letters, digits and "_"`);
}

type Expression = (text: EmbeddedText, fits: (kind: Kind) => boolean, expected: Phrase) => Condition;

/** The plan's form of `with`. */
export function toWebhookValues(draft: WebhookDraft, expression: Expression): WebhookStep['with'] {
  const fits = (kind: Kind) => !['duration', 'any'].includes(kind.kind);
  return Object.fromEntries(
    draft.with.map(({ name, cel, value }) => [
      name,
      cel ? expression(cel, fits, phrase`a value for a webhook is data`) : { value: value ?? null },
    ]),
  );
}

/** What conditions and templates see as `vars`: by name, what the webhooks saved under it return. All may be missing. */
export function varsOf(steps: StepDraft[], webhooks: { [name: string]: WebhookSettings } | undefined): Schema {
  const saved = steps.flatMap((step) => (step.kind === 'webhook' && step.save ? [step] : []));
  return Object.fromEntries(
    saved.map(({ webhook, save }) => {
      const returns =
        (webhook && webhooks && Object.hasOwn(webhooks, webhook.value) && webhooks[webhook.value]!.returns) || {};
      const fields = Object.fromEntries(
        Object.entries(returns).map(([key, type]) => [key, { ...type, optional: true }]),
      );
      return [save!.value, { kind: 'map' as const, fields, optional: true }];
    }),
  );
}
