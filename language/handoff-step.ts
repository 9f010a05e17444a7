// The step `handoff`: a person is called in, and may be waited for.

import type { HandoffDraft } from './draft.ts';
import { phrase, quoted } from './phrase.ts';
import { readLength, readOneOf, readText, say } from './reader.ts';
import { readStepKeys, type StepContext } from './steps.ts';
import type { Value } from './yaml.ts';

const longestNote = 1000;

export function readHandoff(context: StepContext): HandoffDraft {
  readStepKeys(context, 'handoff', ['note', 'until', 'within']);
  const { fields, base } = context;
  const [note, until, within] = ['note', 'until', 'within'].map((key) => fields.get(key));
  if (until) readOneOf(until, quoted('until'), ['resolved']);
  if (until && !within)
    say(until, 'missing-key', phrase`"until: resolved" needs "within": how long the person is waited for at most`);
  if (within && !until)
    within.yaml.report(
      within.place,
      'shape',
      phrase`"within" says how long is waited for "until: resolved", which is not here`,
    );
  return {
    ...base,
    kind: 'handoff',
    queue: readQueue(fields.get('handoff')!),
    ...(note && { note: readNote(note) }),
    ...(within && { withinMs: readLength(within, quoted('within')) }),
  };
}

function readQueue(value: Value) {
  const queue = readText(value, phrase`who is called in is expected here, like support`);
  if (!queue || /^[a-z][a-z0-9_-]{0,63}$/.test(queue.value)) return queue;
  return say(value, 'name', phrase`"${queue.value}" cannot name who is called in: small letters, digits, "-" and "_"`);
}

function readNote(value: Value) {
  const note = readText(value, phrase`"note" is a text for the person`);
  if (!note || note.value.length <= longestNote) return note;
  return say(value, 'value', phrase`"note" is at most ${longestNote} characters long`);
}
