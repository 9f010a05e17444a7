// Following a LINE account is consent to its messages, and blocking it takes that back (and LINE delivers nothing more,
// without saying so when something is sent). LINE may tell it late or twice: the newest evidence stands.
import { findCustomer } from './merge.ts';
import { type ReceivePorts, recordConsent, withdrawAll } from './receive.ts';

export interface LineFollow {
  lineUserId: string;
  /** False: they have blocked the account. */
  follows: boolean;
  /** When they did. */
  at: number;
  /** LINE's id of the event, as evidence. */
  eventId: string;
}

const goneReason = 'hard_bounce';

/** Records it, and says whether messages by LINE can reach them. False: they were erased. */
export async function recordFollow(
  ports: ReceivePorts,
  { lineUserId, follows, at, eventId }: LineFollow,
): Promise<boolean> {
  const how = { at, source: 'line', evidence: { event: eventId, said: follows ? 'followed' : 'blocked' } };
  const state = follows ? 'granted' : 'withdrawn';
  const said = { customer: { lineUserId }, channel: 'line', purpose: 'marketing', state, ...how } as const;
  if (!(await recordConsent(ports, said))) return false;
  await ports.store.transaction(async (tx) => {
    const { id } = await findCustomer(tx, ports, { lineUserId }, true);
    if (!follows) await withdrawAll(ports, tx, id, 'line', how);
    const stands = (await tx.grants(id)).some(({ channel }) => channel === 'line');
    if (follows && stands) await tx.liftSuppression('line', lineUserId, goneReason);
    if (!follows && !stands) await tx.suppress('line', lineUserId, goneReason, at);
  });
  return true;
}
