// Answers to questions: an event of its own kind, which only the engine makes, waits in the enrollment's inbox like any other.
import type { StoredEvent } from './event.ts';
import type { AskStep, Next } from './plan.ts';

/** The event's name. No declared event may be called so: what comes from outside is never taken for an answer. */
export const answerEvent = 'question_answered';

/** The answer that this event gives to the question with this effect number, or null. */
export function answerIn(event: StoredEvent, effect: number | undefined): string | null {
  if (event.name !== answerEvent || effect === undefined || event.data.effect !== effect) return null;
  return String(event.data.answer);
}

/** The steps that follow an answer. */
export function branchOf(step: AskStep, answer: string): Next {
  const own = step.answers.find((one) => one.answer === answer);
  return own ? own.next : step.next;
}
