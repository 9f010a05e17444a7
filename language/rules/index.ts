// The rules that look at a whole folder, one file each. What concerns one word alone is said where it is read.
import type { Rule } from '../workspace.ts';
import { afterGoal } from './after-goal.ts';
import { allHeldOut } from './all-held-out.ts';
import { duplicateId } from './duplicate-id.ts';
import { duplicateJourney } from './duplicate-journey.ts';
import { entryKey } from './entry-key.ts';
import { exitOnBuying } from './exit-on-buying.ts';
import { hiddenName } from './hidden-name.ts';
import { holdTooLong } from './hold-too-long.ts';
import { legalParts } from './legal-parts.ts';
import { messageFiles } from './message-files.ts';
import { moreThanCaps } from './more-than-caps.ts';
import { neverTaken } from './never-taken.ts';
import { otherEnrollment } from './other-enrollment.ts';
import { outlives } from './outlives.ts';
import { questions } from './questions.ts';
import { quietWait } from './quiet-wait.ts';
import { sameEntry } from './same-entry.ts';
import { transactional } from './transactional.ts';
import { undeclaredProperties } from './undeclared-properties.ts';
import { unknownAudience } from './unknown-audience.ts';
import { unknownNames } from './unknown-names.ts';
import { unknownWebhook } from './unknown-webhook.ts';
import { unreachableStep } from './unreachable-step.ts';
import { untilWithoutLasts } from './until-without-lasts.ts';
import { unusedEvent } from './unused-event.ts';
import { unusedMessage } from './unused-message.ts';
import { unusedSegment } from './unused-segment.ts';

export const rules: Rule[] = [
  unknownNames,
  unknownWebhook,
  unknownAudience,
  entryKey,
  duplicateJourney,
  duplicateId,
  unreachableStep,
  outlives,
  untilWithoutLasts,
  messageFiles,
  questions,
  legalParts,
  transactional,
  allHeldOut,
  hiddenName,
  holdTooLong,
  moreThanCaps,
  quietWait,
  exitOnBuying,
  afterGoal,
  otherEnrollment,
  sameEntry,
  undeclaredProperties,
  neverTaken,
  unusedMessage,
  unusedEvent,
  unusedSegment,
];
