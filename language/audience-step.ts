// The step `audience`: into or out of an audience of ad platforms.

import { parseLength } from '../engine/core/length.ts';
import type { AudienceStep } from '../engine/core/plan.ts';
import type { AudienceDraft } from './draft.ts';
import { didYouMean } from './nearest.ts';
import { phrase, quoted } from './phrase.ts';
import { readMap, readNames, readText, say } from './reader.ts';
import type { Located } from './source.ts';
import type { StepContext } from './steps.ts';
import type { Value } from './yaml.ts';

const example = '{ add: cart-abandoners, platforms: [meta], keep: 14 days }';

export function readAudience({ fields, value, base }: StepContext): AudienceDraft {
  readMap(value, { what: phrase`a step \"${'audience'}\"`, known: ['audience', 'id'] });
  const given = fields.get('audience')!;
  const own = readMap(given, { what: quoted('audience'), known: ['add', 'remove', 'platforms', 'keep'] });
  const [add, remove, platforms, keep] = ['add', 'remove', 'platforms', 'keep'].map((key) => own?.get(key));
  if (own && Boolean(add) === Boolean(remove))
    say(given, 'shape', phrase`"audience" either adds or removes: ${example}`);
  if (own && !platforms) say(given, 'missing-key', phrase`"audience" needs "platforms": a list like [meta, google]`);
  if (keep && !add)
    say(keep, 'shape', phrase`"keep" says how long whoever is added stays: it has no place in a removal`);
  const name = add ?? remove;
  return {
    ...base,
    kind: 'audience',
    change: add ? 'add' : 'remove',
    audience: name && readText(name, phrase`the name of an audience is expected here, as in settings.yaml`),
    platforms: platforms ? readNames(platforms, phrase`a platform is expected here, like meta`) : [],
    ...(add && { keep: (keep && readKeep(keep)?.value) ?? 'until_exit' }),
  };
}

const words = ['until_exit', 'forever'] as const;

function readKeep(value: Value): Located<NonNullable<AudienceStep['keep']>> | undefined {
  const text = readText(value, phrase`"keep" is a length of time, like "14 days", or until_exit, or forever`);
  if (!text) return undefined;
  const word = words.find((one) => one === text.value);
  const ms = word ?? parseLength(text.value);
  if (ms !== null && ms !== 0) return { value: ms, place: text.place };
  const near = didYouMean(text.value, words);
  return say(
    value,
    'length',
    phrase`"keep" is a length of time, like "14 days", or until_exit, or forever; "${text.value}" is none${near}`,
  );
}
