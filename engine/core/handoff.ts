// When the person who took a conversation over has resolved it: an event that only the engine makes.
import type { StoredEvent } from './event.ts';

/** The event's name. No declared event may be called so. */
export const resolvedEvent = 'conversation_resolved';

/** Whether this event says so of the handoff with this effect number. */
export function isResolved(event: StoredEvent, effect: number | undefined): boolean {
  return effect !== undefined && event.name === resolvedEvent && event.data.effect === effect;
}
