// All that is kept of one customer, to hand over to them (GDPR, articles 15 and 20). Plain JSON; times are ISO strings.
import type pg from 'pg';
import { toIso } from './customer-view.ts';
import type { PrismaClient } from './prisma.ts';
import { openSession } from './session.ts';

// Our own id goes first: a shop's user id may read like anything.
const FIND = `
  SELECT COALESCE(c.merged_into, c.id) AS id FROM (
    SELECT id, 1 AS place FROM customers WHERE id = $1
    UNION ALL SELECT customer_id, 2 FROM identities WHERE kind = 'user' AND value = $1) found
    JOIN customers c ON c.id = found.id
   ORDER BY place LIMIT 1`;

/** The customer with this id of ours or of the shop's, whoever they were merged into. */
export async function customerIdOf(pool: pg.Pool, id: string): Promise<string | null> {
  return (await openSession(pool).row<{ id: string }>(FIND, [id]))?.id ?? null;
}

/** Everything of this customer and of the visitors merged into them; null: there is none. */
export async function customerExport(prisma: PrismaClient, id: string) {
  const customer = await prisma.customer.findUnique({ where: { id }, omit: { mergedInto: true } });
  if (!customer) return null;
  const visitors = await prisma.customer.findMany({ where: { mergedInto: id }, omit: { mergedInto: true } });
  const customerId = { in: [id, ...visitors.map((visitor) => visitor.id)] };
  const where = { customerId };
  const deliveries = await prisma.delivery.findMany({
    where,
    omit: { claimedBy: true, leaseUntil: true },
    orderBy: { createdAt: 'asc' },
  });
  const { email, phone } = customer.traits as { email?: string; phone?: string };
  const sent = deliveries.flatMap(({ to }) => to ?? []);
  const addresses = [...sent, email, phone].filter((address) => typeof address === 'string');
  const atTheirs = { address: { in: addresses.map((address) => address.toLowerCase()) } };
  return toIso({
    customer,
    visitors,
    identities: await prisma.identity.findMany({ where, orderBy: { boundAt: 'asc' } }),
    consents: await prisma.consent.findMany({ where, omit: { id: true }, orderBy: { id: 'asc' } }),
    suppressions: await prisma.suppression.findMany({ where: atTheirs, omit: { by: true } }),
    liftedSuppressions: await prisma.liftedSuppression.findMany({
      where: { OR: [atTheirs, where] },
      omit: { ...{ id: true, customerId: true }, by: true, liftedBy: true },
    }),
    events: await prisma.event.findMany({ where, orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }] }),
    enrollments: await prisma.enrollment.findMany({
      where,
      omit: { entrySlot: true, turn: true, turnToken: true },
      orderBy: { enteredAt: 'asc' },
    }),
    decisions: await prisma.decision.findMany({ where, omit: { id: true, fold: true }, orderBy: { id: 'asc' } }),
    deliveries,
    push_subscriptions: await prisma.pushSubscription.findMany({ where, orderBy: { createdAt: 'asc' } }),
    audiences: await prisma.audienceMember.findMany({
      where,
      omit: { ...{ version: true, told: true, attempt: true, claim: true }, leaseUntil: true, retryAt: true },
      orderBy: { changedAt: 'asc' },
    }),
    conversions: await prisma.adConversion.findMany({
      where,
      omit: { ...{ attempt: true, claim: true }, leaseUntil: true, retryAt: true },
      orderBy: { createdAt: 'asc' },
    }),
    draws: await prisma.draw.findMany({ where }),
    // That an agent said it stands in `from`; which one is the agents' own.
    chatMessages: await prisma.chatMessage.findMany({ where, omit: { by: true }, orderBy: { id: 'asc' } }),
    conversations: await prisma.conversation.findMany({ where, orderBy: { openedAt: 'asc' } }),
  });
}
