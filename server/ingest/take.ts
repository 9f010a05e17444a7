// Takes events in: each is stored with all it causes, or kept in quarantine with the reason. One bad event costs no other.
import { convertMap } from '../../engine/core/convert.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import { errorCode, errorFrames } from '../../engine/error-code.ts';
import { type Incoming, idsIn } from '../../engine/incoming.ts';
import type { Receipt } from '../../engine/receive.ts';
import type { AppDeps } from '../deps.ts';
import { isTransient } from '../errors.ts';
import { type Call, calls, isTooDeep, limits } from './calls.ts';
import { normaliseCloudEvent, sourceOf } from './cloudevents.ts';
import type { InLane } from './lanes.ts';
import { type Arrival, type Normalised, normalise, refused } from './segment.ts';

export type TakeDeps = Pick<
  AppDeps,
  'receive' | 'receiveMany' | 'quarantine' | 'newId' | 'logger' | 'wakeDispatcher'
> & {
  inLane: InLane;
};

/** How an event is to be read: as one of Segment's calls, or as a CloudEvent. */
export type Form = Call | 'cloudevent';

export type Taken =
  | { status: 'accepted' | 'duplicate' | 'dropped'; eventId: string | null; ignored: string[]; flagged: string[] }
  | { status: 'quarantined'; code: 'invalid' | 'too_large' | 'forbidden'; sentence: string; quarantineId: string };

/** Takes one call. When it resolves, the event or its place in quarantine is committed; throws if neither could be. */
export async function take(deps: TakeDeps, form: Form, body: unknown, arrival: Arrival): Promise<Taken> {
  return (await takeAll(deps, [{ form, body }], arrival))[0]!;
}

/** Takes the events of a batch: what one sender says of one person keeps its order. */
export function takeBatch(deps: TakeDeps, batch: unknown[], arrival: Arrival): Promise<Taken[]> {
  const sent = batch.map((body) => {
    const type = (body as { type?: unknown } | null)?.type;
    return { form: isCall(type) ? type : null, body };
  });
  return takeAll(deps, sent, arrival);
}

/** The events of a CloudEvents batch, likewise. */
export function takeCloudEvents(deps: TakeDeps, batch: unknown[], arrival: Arrival): Promise<Taken[]> {
  const sent = batch.map((body) => ({ form: 'cloudevent', body }) as const);
  return takeAll(deps, sent, arrival);
}

/** One call as it was sent; without a form it cannot be read. */
interface Sent {
  form: Form | null;
  body: unknown;
}

/** First together what is only to be stored, then, one after the other, what is more than that or cannot be read. */
async function takeAll(deps: TakeDeps, all: Sent[], arrival: Arrival): Promise<Taken[]> {
  const read = all.map((sent) => ({ ...sent, normalised: normalisedOf(deps, sent, arrival) }));
  const incomings = read.flatMap(({ normalised }) => (normalised.ok ? [normalised.incoming] : []));
  const together = await deps.receiveMany(incomings);
  const taken: Taken[] = [];
  for (const { form, body, normalised } of read) {
    const receipt = normalised.ok ? (together.shift() ?? (await takeAlone(deps, normalised.incoming))) : null;
    if (normalised.ok && receipt) taken.push(acknowledged(receipt, normalised.ignored));
    else taken.push(await setAside(deps, form ?? 'track', body, arrival, problemOf(normalised)));
  }
  return taken;
}

function normalisedOf({ newId }: TakeDeps, { form, body }: Sent, arrival: Arrival): Normalised {
  if (form === null) return refused('invalid', `type: must be one of ${calls.join(', ')}`);
  return form === 'cloudevent' ? normaliseCloudEvent(body, arrival) : normalise(form, body, arrival, newId);
}

/** Calls about one person wait for one another here, and not each with a connection of its own. */
export async function takeAlone(deps: TakeDeps, incoming: Incoming): Promise<Receipt | null> {
  const receipt = await deps.inLane(idsIn(incoming), () => stored(deps, incoming));
  if (receipt) deps.wakeDispatcher();
  return receipt;
}

function acknowledged(receipt: Receipt, ignored: string[]): Taken {
  const found = receipt.status === 'accepted' ? receipt : { ignored: [], flags: [] };
  return {
    status: receipt.status,
    eventId: receipt.eventId,
    ignored: [...ignored, ...found.ignored],
    flagged: found.flags.map(({ path, declared }) => `${path}: should be ${declared}`),
  };
}

type Problem = { code: 'invalid' | 'too_large' | 'forbidden'; sentence: string };

function problemOf(normalised: Normalised): Problem {
  if (!normalised.ok) return normalised;
  return { code: 'invalid', sentence: 'it could not be processed; it is kept and can be replayed' };
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
  { code, sentence }: Problem,
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
