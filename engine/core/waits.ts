// How a wait begins: until when it waits, or that it is over at once. And what steps listen to.
import type { StoredEvent } from './event.ts';
import type { Oracle } from './machine.ts';
import type { Listener, Next, Step, WaitEvent, WaitIf, WaitStep, WaitUntil } from './plan.ts';

/** Waits until `due`, or is over at once. */
type Begun = { due: number | null } | { next: Next } | { exit: string };

export function beginWait(id: string, step: WaitStep, at: number, oracle: Oracle): Begun {
  switch (step.form) {
    case 'length':
    case 'until_no':
      return { due: at + step.forMs };
    case 'at':
      return { due: oracle.schedule(id, step, at) };
    case 'until':
      return beginUntil(id, step, at, oracle);
    case 'event': {
      const branch = step.since === 'entry' ? heardBefore(id, step, oracle) : undefined;
      return branch === undefined ? beginTimeOut(id, step, at, oracle) : { next: branch };
    }
    case 'if':
      return oracle.holds(id, step, at) ? { next: step.next } : beginTimeOut(id, step, at, oracle);
  }
}

function beginUntil(id: string, step: WaitUntil, at: number, oracle: Oracle): Begun {
  const due = oracle.schedule(id, step.until, at);
  if (due === null || due >= at) return { due };
  if (step.ifPast === 'exit') return { exit: 'past' };
  return { next: step.ifPast === 'skip_next' ? step.skip : step.next };
}

function beginTimeOut(id: string, step: WaitEvent | WaitIf, at: number, oracle: Oracle): Begun {
  if (!step.until) return { due: step.withinMs === undefined ? null : at + step.withinMs };
  const due = oracle.schedule(id, step.until, at);
  if (due === null || due >= at) return { due };
  oracle.timedOut(id, at);
  return { next: step.otherwise };
}

function heardBefore(id: string, step: WaitEvent, oracle: Oracle): Next | undefined {
  for (const event of oracle.past()) {
    const index = listening(step.listeners, event) ? oracle.hear(id, step.listeners, event) : null;
    if (index !== null) return step.listeners[index]!.next;
  }
  return undefined;
}

/** What a step listens to; nothing where only time counts. */
export function listenersOf(step: Step): Listener[] {
  if (step.kind !== 'wait') return [];
  if (step.form === 'until_no') return [step];
  return step.form === 'event' ? step.listeners : [];
}

export function listening(listeners: Listener[], event: StoredEvent): boolean {
  return listeners.some((listener) => listener.on.includes(event.name));
}
