// What people do: POST /enrollments/:id/{eject,pause,resume,release}, /deliveries/:key/{cancel,resolve,resend},
// /journeys/:name/{pause,resume,stop}. A repeated command answers `unchanged`; one that comes too late is a conflict.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CommandAnswer } from '../../engine/command.ts';
import type { AppDeps, Commands } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText, shaped } from '../shape.ts';

export const releaseShape = z.strictObject({
  action: z.enum(['run_on', 'eject'], { error: 'must be run_on or eject' }),
});
export const resolveShape = z.strictObject({
  as: z.enum(['accepted', 'failed'], { error: 'must be accepted or failed' }),
});

const onEnrollments = {
  eject: 'Ends an enrollment; what it had still to send is withdrawn',
  pauseEnrollment: 'Pauses an enrollment: waits go on running, nothing is sent until it is resumed',
  resumeEnrollment: 'Resumes an enrollment: what fell due leaves now, through all gates',
} as const;
const onJourneys = {
  pauseJourney: 'Pauses a journey: nobody enters and nothing is sent until it is resumed',
  resumeJourney: 'Resumes a paused journey; lets customers into a stopped one again',
  stopJourney: 'Stops a journey: nobody enters, every open enrollment ends',
} as const;
const small = { bodyLimit: 1024 };

export function commandRoutes(app: FastifyInstance, deps: AppDeps): void {
  const { commands } = deps;
  for (const [name, summary] of entriesOf(onEnrollments)) {
    const config = { needs: 'act_on_enrollments', summary } as const;
    app.post<{ Params: { id: string } }>(`/enrollments/:id/${verbOf(name)}`, { config, ...small }, (request) =>
      answer(deps, request.params.id, (id) => commands[name](id, actorOf(request))),
    );
  }
  for (const [name, summary] of entriesOf(onJourneys)) {
    const config = { needs: 'act_on_journeys', summary } as const;
    app.post<{ Params: { name: string } }>(`/journeys/:name/${verbOf(name)}`, { config, ...small }, (request) =>
      answer(deps, request.params.name, (journey) => commands[name](journey, actorOf(request))),
    );
  }
  const releases = {
    needs: 'act_on_enrollments',
    summary: 'Releases an enrollment that needs attention: run_on, or eject',
  } as const;
  app.post<{ Params: { id: string } }>('/enrollments/:id/release', { config: releases, ...small }, (request) => {
    const { action } = shaped(releaseShape, request.body);
    return answer(deps, request.params.id, (id) => commands.release(id, actorOf(request), action));
  });
  onDelivery(app, deps, 'cancel', 'Withdraws a message that has not been handed over', (key, by) =>
    commands.cancel(key, by),
  );
  onDelivery(app, deps, 'resend', 'Sends a message once more of which nobody knows whether it went', (key, by) =>
    commands.resend(key, by),
  );
  onDelivery(app, deps, 'resolve', 'Says whether a message went of which nobody knows', (key, by, body) =>
    commands.resolveDelivery(key, by, shaped(resolveShape, body).as),
  );
}

/** A key holds a slash (`enr_1/3`); escaped or not, it is found. */
function onDelivery(
  app: FastifyInstance,
  deps: AppDeps,
  verb: string,
  summary: string,
  command: (key: string, by: string, body: unknown) => Promise<CommandAnswer>,
): void {
  const config = { needs: 'act_on_enrollments', summary } as const;
  const act = (key: string, request: FastifyRequest) =>
    answer(deps, key, (plain) => command(plain, actorOf(request), request.body));
  app.post<{ Params: { key: string } }>(`/deliveries/:key/${verb}`, { config, ...small }, (request) =>
    act(request.params.key, request),
  );
  app.post<{ Params: { enrollment: string; effect: string } }>(
    `/deliveries/:enrollment/:effect/${verb}`,
    { config, ...small },
    (request) => act(`${request.params.enrollment}/${request.params.effect}`, request),
  );
}

async function answer(deps: AppDeps, name: string, command: (name: string) => Promise<CommandAnswer>) {
  if (!isPlainText(name)) throw new CallerError('not_found', 'nothing has this name');
  const done = await command(name);
  if (done.kind === 'not_found' || done.kind === 'conflict') throw new CallerError(done.kind, done.sentence);
  if (done.kind === 'unchanged') return { status: 'unchanged', message: done.sentence };
  deps.wakeSweeper();
  deps.wakeDispatcher();
  return { status: 'done' };
}

function actorOf(request: FastifyRequest): string {
  return request.actor;
}

/** `pauseJourney` → `pause`. */
function verbOf(name: keyof Commands): string {
  return name.replace(/[A-Z].*/, '');
}

function entriesOf<Name extends string>(table: { [name in Name]: string }): [Name, string][] {
  return Object.entries(table) as [Name, string][];
}
