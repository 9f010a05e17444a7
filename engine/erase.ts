// Erasure: what is personal is taken out, the enrollments end as `erased`, and a keyed hash of each id stays, so that a
// late webhook cannot make the person anew (design §5).
import { eraseAudiences } from './audiences.ts';
import { answerEvent } from './core/answer.ts';
import { type Decision, type Enrollment, slotAfterEnd } from './core/enrollment.ts';
import { resolvedEvent } from './core/handoff.ts';
import { withdrawDelivery } from './delivery-outcome.ts';
import type { BoundIdentity, Customer, Identity, Ports, Tx } from './ports.ts';

export type ErasePorts = Pick<Ports, 'store' | 'clock' | 'keyedHash'>;

/** A call is about somebody erased: `hash` is of the id that says so, `kind` what it is. */
export class ErasedIdentity extends Error {
  readonly kind: BoundIdentity['kind'];
  readonly hash: string;

  constructor(kind: BoundIdentity['kind'], hash: string) {
    super('this id is of somebody who was erased');
    this.kind = kind;
    this.hash = hash;
  }
}

/**
 * Erases the customer with this id of ours, or the one they were merged into. When it resolves, no claim, turn or event
 * can write anything personal about them again. False: there is none. Twice does no harm.
 */
export function eraseCustomer(ports: ErasePorts, id: string): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const customer = await tx.lockCustomer(id);
    if (!customer) return false;
    const at = ports.clock.now();
    const identities = await tx.identitiesOf(customer.id);
    const addresses = await addressesOf(tx, customer);
    await endAll(tx, customer.id, at);
    await eraseAudiences(tx, customer.id, at);
    await tx.eraseCustomer(customer.id, {
      at,
      hashes: identities.map((identity) => ports.keyedHash(nameOf(identity))),
      texts: [...identities.map(({ value }) => value), ...addresses],
      addresses: addresses.map((address) => ({ address, hash: ports.keyedHash(addressName(address)) })),
      eventNames: [
        'identify',
        'alias',
        answerEvent,
        resolvedEvent,
        ...Object.keys((await tx.catalog()).settings.events),
      ],
    });
    return true;
  });
}

/** Throws `ErasedIdentity` where a new id, or the customer found, is of somebody erased. */
export async function refuseErased(
  tx: Tx,
  ports: Pick<Ports, 'keyedHash'>,
  identity: Identity,
  found: Customer & { isNew: boolean },
): Promise<void> {
  if (!found.isNew && !found.isErased) return;
  const hashes = boundOf(identity).map((name) => ({ kind: name.kind, hash: ports.keyedHash(nameOf(name)) }));
  const erased = await tx.erasedAmong(hashes.map(({ hash }) => hash));
  // The user's comes first: an anonymous id may be a browser that somebody else uses now.
  for (const { kind, hash } of hashes) if (erased.includes(hash)) throw new ErasedIdentity(kind, hash);
}

/** Under what an address is hashed: capitals do not matter. */
export function addressName(address: string): string {
  return `address:${address.toLowerCase()}`;
}

/** What an identity is hashed as: `user:u1`, `anonymous:a1`. */
export function namesOf(identity: Identity): string[] {
  return boundOf(identity).map(nameOf);
}

/** The ids of an identity, the user's first. */
export function boundOf({ userId, anonymousId, lineUserId }: Identity): BoundIdentity[] {
  return [
    ...(userId === undefined ? [] : [{ kind: 'user' as const, value: userId }]),
    ...(anonymousId === undefined ? [] : [{ kind: 'anonymous' as const, value: anonymousId }]),
    ...(lineUserId === undefined ? [] : [{ kind: 'line' as const, value: lineUserId }]),
  ];
}

function nameOf({ kind, value }: BoundIdentity): string {
  return `${kind}:${value}`;
}

/** Where messages went or could have gone. */
async function addressesOf(tx: Tx, { id, traits }: Customer): Promise<string[]> {
  const known = [traits.email, traits.phone].filter((address) => typeof address === 'string');
  return [...new Set([...known, ...(await tx.addressesOf(id))])];
}

async function endAll(tx: Tx, customerId: string, at: number): Promise<void> {
  for (const enrollment of await tx.lockLiveEnrollments(customerId, at)) {
    if (enrollment.status !== 'active') continue;
    const ended: Enrollment = {
      ...enrollment,
      ...{ status: 'exited', reason: 'erased', endedAt: at, dueAt: null, waitingFor: [] },
      entrySlot: slotAfterEnd(enrollment.entrySlot),
    };
    await tx.saveEnrollment(ended);
    await tx.record([decisionOn(ended, at), ...(await withdrawDelivery(tx, ended, at))]);
    await tx.look(ended.id);
  }
}

function decisionOn({ customerId, journey, version, id: enrollmentId, state }: Enrollment, at: number): Decision {
  const none = { turn: null, seq: null, eventId: null, message: null, channel: null, effectKey: null, needed: '' };
  const place = { customerId, journey, version, enrollmentId, step: state.step };
  return { ...none, ...place, kind: 'exited', at, outcome: 'erased', inputs: {} };
}
