// Takes events in: each is stored with all it causes, or kept in quarantine with the reason. One bad event costs no other.
import { convertMap } from '../../engine/core/convert.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import { errorCode, errorFrames } from '../../engine/error-code.ts';
import type { Incoming, Receipt } from '../../engine/receive.ts';
import type { AppDeps } from '../deps.ts';
import { isTransient } from '../errors.ts';
import { type Call, calls, isTooDeep, limits } from './calls.ts';
import { normaliseCloudEvent, sourceOf } from './cloudevents.ts';
import { type Arrival, normalise } from './segment.ts';

export type TakeDeps = Pick<AppDeps, 'receive' | 'quarantine' | 'newId' | 'logger' | 'wakeDispatcher'>;

/** How an event is to be read: as one of Segment's calls, or as a CloudEvent. */
export type Form = Call | 'cloudevent';

export type Taken =
  | { status: 'accepted' | 'duplicate' | 'dropped'; eventId: string | null; ignored: string[] }
  | { status: 'quarantined'; code: 'invalid' | 'too_large' | 'forbidden'; sentence: string; quarantineId: string };

/** Takes one call. When it resolves, the event or its place in quarantine is committed; throws if neither could be. */
export async function take(deps: TakeDeps, form: Form, body: unknown, arrival: Arrival): Promise<Taken> {
  const normalised =
    form === 'cloudevent' ? normaliseCloudEvent(body, arrival) : normalise(form, body, arrival, deps.newId);
  if (!normalised.ok) return setAside(deps, form, body, arrival, normalised.code, normalised.sentence);
  const receipt = await stored(deps, normalised.incoming);
  if (!receipt) {
    return setAside(deps, form, body, arrival, 'invalid', 'it could not be processed; it is kept and can be replayed');
  }
  deps.wakeDispatcher();
  const found = receipt.status === 'accepted' ? receipt.ignored : [];
  return { status: receipt.status, eventId: receipt.eventId, ignored: [...normalised.ignored, ...found] };
}

/** Takes the events of a batch one after the other: what one sender says keeps its order. */
export async function takeBatch(deps: TakeDeps, batch: unknown[], arrival: Arrival): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const body of batch) {
    const type = (body as { type?: unknown } | null)?.type;
    taken.push(
      isCall(type)
        ? await take(deps, type, body, arrival)
        : await setAside(deps, 'track', body, arrival, 'invalid', `type: must be one of ${calls.join(', ')}`),
    );
  }
  return taken;
}

/** The events of a CloudEvents batch, likewise. */
export async function takeCloudEvents(deps: TakeDeps, batch: unknown[], arrival: Arrival): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const body of batch) taken.push(await take(deps, 'cloudevent', body, arrival));
  return taken;
}

function isCall(type: unknown): type is Call {
  return (calls as readonly unknown[]).includes(type);
}

/**
 * Null where this event, and not the database, is the trouble: it failed twice, with an error that is no passing one.
 * Passing ones are thrown: the sender gets a 503 and sends again, and nothing is lost.
 */
async function stored(deps: TakeDeps, incoming: Incoming): Promise<Receipt | null> {
  for (const attempt of [1, 2]) {
    try {
      return await deps.receive(incoming);
    } catch (error) {
      if (isTransient(error)) throw error;
      deps.logger.error(
        { ...errorCode(error), frames: errorFrames(error), attempt },
        'an event could not be processed',
      );
    }
  }
  return null;
}

async function setAside(
  deps: TakeDeps,
  call: Form,
  event: unknown,
  arrival: Arrival,
  code: 'invalid' | 'too_large' | 'forbidden',
  sentence: string,
): Promise<Taken> {
  const segment = arrival.trusted ? 'segment' : 'segment-browser';
  const source = call === 'cloudevent' ? sourceOf(arrival) : segment;
  const kept = isTooDeep(event) ? undefined : JSON.stringify(event ?? null);
  const small = kept !== undefined && Buffer.byteLength(kept) <= limits.eventBytes;
  const { sentAt } = arrival;
  const body: JsonMap = { call, ...(sentAt !== null && { sentAt }), ...(small && { event: JSON.parse(kept) }) };
  // Storable whatever it holds: `convertMap` takes out what PostgreSQL refuses.
  const storable = convertMap(null, body, 'UTC').data;
  const { receivedAt } = arrival;
  const quarantineId = await deps.quarantine.add({ source, problem: sentence, body: storable, receivedAt });
  return { status: 'quarantined', code, sentence, quarantineId };
}
