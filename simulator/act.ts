// What a test lets people do: to its journeys, to the open enrollments of a customer, to a message that waits.

import type { CommandAnswer, CommandPorts } from '../engine/command.ts';
import { cancel, eject, pauseEnrollment, resumeEnrollment } from '../engine/commands.ts';
import { resolveConversation } from '../engine/handoff.ts';
import { pauseJourney, resumeJourney, stopJourney, sweep } from '../engine/journey-commands.ts';
import type { Identity } from '../engine/ports.ts';
import type { ReceivePorts } from '../engine/receive.ts';
import { report, resolveDelivery } from '../engine/report.ts';
import { resend } from '../engine/resend.ts';
import { phraseOfAnswer } from '../language/engine-answers.ts';
import { type Phrase, phrase } from '../language/phrase.ts';
import type { Action } from '../language/test-file.ts';
import { Impossible } from './impossible.ts';

const by = 'test';
const nameOf = (who: Identity) => who.userId ?? who.anonymousId ?? '';
const onJourney = { pause: pauseJourney, resume: resumeJourney, stop: stopJourney };
const onEnrollment = { pause: pauseEnrollment, resume: resumeEnrollment, eject };

/** Does it, and all that follows from it. Throws where there is nothing to do it to: the test means something else. */
export async function act(ports: ReceivePorts, journeys: string[], who: Identity, action: Action): Promise<void> {
  switch (action.on) {
    case 'journey':
      for (const journey of journeys) must(await onJourney[action.what](ports, journey, by), journey);
      while (await sweep(ports, 100));
      return;
    case 'enrollment':
      return each(
        await openOf(ports, journeys, who),
        phrase`${nameOf(who)} has no open enrollment at this moment`,
        (id) => onEnrollment[action.what](ports, id, by),
      );
    case 'message':
      if (action.what === 'resend')
        return each(
          await lastOf(ports, journeys, who, action.message),
          phrase`no ${action.message} was sent at this moment`,
          (key) => resend(ports, key, by),
        );
      return each(
        await waitingOf(ports, journeys, who, action.message),
        phrase`no ${action.message} waits at this moment`,
        (key) => cancel(ports, key, by),
      );
    case 'report':
    case 'doubt':
      return each(
        await lastOf(ports, journeys, who, action.message),
        phrase`no ${action.message} was sent at this moment`,
        (key) =>
          action.on === 'doubt'
            ? resolveDelivery(ports, key, by, action.what)
            : report(ports, key, { kind: action.what, at: ports.clock.now(), code: action.code, source: 'test' }),
      );
  }
}

/** Answers how many conversations there were. */
export async function resolveConversations(ports: ReceivePorts, who: Identity, queue: string): Promise<number> {
  const open = await ports.store.transaction(async (tx) => {
    const { id } = await tx.lockCustomerOf(who, ports.clock.now());
    return (await tx.openConversations(id)).filter((conversation) => conversation.queue === queue);
  });
  for (const { id } of open) must(await resolveConversation(ports, id, by), id);
  return open.length;
}

async function each(found: string[], none: Phrase, work: (id: string) => Promise<CommandAnswer>): Promise<void> {
  if (found.length === 0) throw new Impossible(none);
  for (const id of found) must(await work(id), id);
}

function must(answer: CommandAnswer, what: string): void {
  if (answer.kind !== 'done') throw new Impossible(phrase`${what}: ${phraseOfAnswer(answer.sentence)}`);
}

function openOf({ store, clock }: CommandPorts, journeys: string[], who: Identity): Promise<string[]> {
  return store.transaction(async (tx) => {
    const customer = await tx.lockCustomerOf(who, clock.now());
    const live = await tx.lockLiveEnrollments(customer.id, clock.now());
    return live.filter((one) => one.status === 'active' && journeys.includes(one.journey)).map(({ id }) => id);
  });
}

async function waitingOf(ports: CommandPorts, journeys: string[], who: Identity, message: string): Promise<string[]> {
  const ids = await openOf(ports, journeys, who);
  return ports.store.transaction(async (tx) => {
    const all = await Promise.all(ids.map((id) => tx.deliveriesOf(id)));
    const waiting = all.flat().filter(({ state }) => state === 'queued' || state === 'held');
    return waiting.filter((delivery) => delivery.message === message).map(({ key }) => key);
  });
}

/** The newest delivery of a message that was handed over, also in enrollments that have ended. */
function lastOf(ports: CommandPorts, journeys: string[], who: Identity, message: string): Promise<string[]> {
  return ports.store.transaction(async (tx) => {
    const customer = await tx.lockCustomerOf(who, ports.clock.now());
    const entries = await tx.entries(customer.id, journeys);
    const all = await Promise.all(entries.map(({ enrollmentId }) => tx.deliveriesOf(enrollmentId)));
    const sent = all.flat().filter((delivery) => delivery.message === message && delivery.attempt > 0);
    const [last] = sent.toSorted((a, b) => b.createdAt - a.createdAt);
    return last ? [last.key] : [];
  });
}
