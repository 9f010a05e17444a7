// Plays one program to its end and past it, until everything is at rest; answers what was broken on the way.

import { receiveAnswer } from '../../engine/answer.ts';
import { cancel, eject, pauseEnrollment, resumeEnrollment } from '../../engine/commands.ts';
import { holdoutOf } from '../../engine/core/draw.ts';
import type { StoredEvent } from '../../engine/core/event.ts';
import { pauseJourney, resumeJourney, stopJourney } from '../../engine/journey-commands.ts';
import type { Ports } from '../../engine/ports.ts';
import { type Incoming, receive, recordConsent } from '../../engine/receive.ts';
import { receiveMany } from '../../engine/receive-many.ts';
import { report as engineReport, resolveDelivery } from '../../engine/report.ts';
import { resend } from '../../engine/resend.ts';
import { createScriptedWebhooks } from '../../simulator/scripted-webhooks.ts';
import type { Backing } from './backing.ts';
import { type Drive, startDrive } from './drive.ts';
import { catalogs } from './journeys.ts';
import { storeOf } from './observed-store.ts';
import type { Act, commands, heards, Program } from './program.ts';
import { createProvider, type Provider } from './provider.ts';
import { type Acknowledged, type Answered, violationsAtRest, violationsOfAnswers, violationsOfCalm } from './rest.ts';
import { type Counts, PROGRAM, type Process, Scheduler } from './scheduler.ts';
import { createWatch, type Watch } from './watch.ts';

export interface Played {
  violations: string[];
  counts: Partial<
    Counts & {
      events: number;
      answers: number;
      resolved: number;
      resends: number;
      stored_together: number;
      turns: number;
      deliveries: number;
      accepted: number;
      restarts: number;
    }
  >;
  trace: string[];
}

const start = Date.UTC(2026, 2, 7, 22);
// The third customer shares the first one's.
const addresses = ['a@example.com', 'b@example.com', 'a@example.com', 'c@example.com'];

interface Case {
  scheduler: Scheduler;
  drive: Drive;
  backing: Backing;
  provider: Provider;
  watch: Watch;
  sent: Incoming[];
  acknowledged: Acknowledged[];
  answers: Answered[];
}

export async function play(program: Program, backing: Backing): Promise<Played> {
  const scheduler = new Scheduler(start, program.disturbances, backing.settled);
  const watch = createWatch();
  const provider = createProvider(scheduler);
  const drive: Drive = startDrive({ scheduler, backing, portsOf, workers: 3, places: program.places });
  const played: Case = { scheduler, drive, backing, provider, watch, sent: [], acknowledged: [], answers: [] };
  let ids = 0;
  const newId = () => `e${String(++ids).padStart(3, '0')}`;

  function portsOf(process: Process): Ports {
    const observed = {
      scheduler,
      store: backing.store,
      tracked: backing.tracked,
      stopsAtStatements: backing.name === 'postgres',
      beginning: () => watch.begin(),
      astray: (name: string) => watch.violations.push(`${name} was asked of a transaction that had ended`),
      committed(writes: Parameters<Watch['committed']>[0], begun: unknown) {
        watch.committed(writes, begun as ReturnType<Watch['begin']>, scheduler.now);
        if (writes.some(({ name }) => name === 'look')) drive.ring('outbox');
        if (writes.some(({ name }) => name === 'saveJourney')) drive.ring('sweeper');
      },
    };
    return {
      store: storeOf(observed, process),
      channels: { email: provider.channelFor(process, 'email'), site: provider.channelFor(process, 'site') },
      clock: {
        now: () => scheduler.now,
        real: () => scheduler.now,
        sleepMs: (due) => (due === null ? null : Math.max(0, due - scheduler.now)),
      },
      newId,
      keyedHash: (text) => `hash of ${text}`,
      unsubscribeUrl: () => 'https://shop.example/u/x',
      answerUrl: (_key, answer) => `https://tabiji.invalid/a/${answer ?? ''}`,
      webhooks: createScriptedWebhooks(),
      between: (point) => scheduler.park(process, point),
    };
  }

  await begin(played);
  let isThrough = false;
  const failed: unknown[] = [];
  void run(played, program.acts).then(
    () => {
      isThrough = true;
    },
    (error: unknown) => failed.push(error),
  );
  await backing.settled();
  await untilRest(played, () => isThrough);
  // What is paused sleeps for ever; everybody else is at rest.
  resumeAll(played);
  await untilRest(played, () => true);
  if (failed.length > 0) throw failed[0];
  const rows = await backing.rows();
  const atRest = [
    ...violationsAtRest(rows, watch, played.acknowledged, provider.accepted),
    ...violationsOfAnswers(rows, watch, played.answers),
  ];
  const calm = isCalm(program) ? violationsOfCalm(rows, watch) : [];
  return {
    violations: [...watch.violations, ...atRest, ...calm],
    counts: {
      ...scheduler.counts,
      events: rows.events.length,
      answers: played.answers.filter(({ status }) => status === 'accepted').length,
      resolved: rows.decisions.filter(({ kind }) => kind === 'resolved').length,
      resends: rows.decisions.filter(({ kind }) => kind === 'resend').length,
      stored_together: watch.storedTogether,
      turns: drive.turns(),
      deliveries: rows.deliveries.length,
      accepted: provider.accepted.length,
      restarts: backing.tracked.restarts,
    },
    trace: scheduler.trace,
  };
}

function isCalm({ acts, disturbances }: Program): boolean {
  return (
    disturbances.length === 0 &&
    !acts.some(({ act }) => ['command', 'provider', 'forget', 'report', 'doubt'].includes(act))
  );
}

/** Three customers: two that can be reached, one held out of what has a holdout. Nothing goes wrong here. */
async function begin({ backing, watch }: Case): Promise<void> {
  watch.catalogs.push(catalogs[0]!);
  await backing.publish(catalogs[0]!, start);
  for (const who of [0, 1, 2]) {
    await backing.store.transaction(async (tx) => {
      const { id } = await tx.lockCustomerOf({ userId: `u${who}` }, start);
      await tx.saveTraits(id, { email: addresses[who]! });
      await tx.draw(id, holdoutOf('flash'), who === 1);
      // The second is asked by email only.
      for (const channel of who === 1 ? ['email'] : ['email', 'site']) {
        const consent = { customerId: id, channel, purpose: 'marketing', state: 'granted' } as const;
        const row = { ...consent, at: start - 1, recordedAt: start, source: 'test', evidence: {} };
        await tx.appendConsent(row);
        watch.committed([{ name: 'appendConsent', args: [row], result: undefined }], watch.begin(), start);
      }
    });
  }
}

async function run(played: Case, acts: Act[]): Promise<void> {
  const { scheduler, drive } = played;
  for (const each of acts) {
    await scheduler.park(drive.outside, PROGRAM);
    perform(played, each);
  }
  await scheduler.park(drive.outside, PROGRAM);
}

/** Steps until nobody can go on; then leaps to where somebody can. */
async function untilRest({ scheduler }: Case, isThrough: () => boolean): Promise<void> {
  for (let left = 10_000; left > 0; left -= 1) {
    if (await scheduler.step()) continue;
    if (!(await scheduler.leap())) {
      if (isThrough()) return;
      throw new Error('the program does not come to its end');
    }
  }
  throw new Error('it does not come to rest');
}

function perform(played: Case, act: Act): void {
  const { scheduler, drive, backing, provider, watch, sent } = played;
  switch (act.act) {
    case 'track':
      track(played, incomingOf(act, scheduler.now, sent.length));
      return;
    case 'repeat': {
      const before = sent[act.which];
      if (before) track(played, act.asOther ? { ...before, source: 'other' } : before);
      return;
    }
    case 'consent': {
      const customer = { userId: `u${act.who}` };
      const said = { channel: 'email', purpose: 'marketing', state: act.state, source: 'test', evidence: {} };
      const input = { customer, ...said, at: scheduler.now - act.agoMs };
      void drive.insist(`consent ${act.state}`, (ports) => recordConsent(ports, input));
      return;
    }
    case 'suppress':
      void drive.insist('suppress', (ports) => suppress(ports, act.who));
      return;
    case 'move': {
      const traits = { email: addresses[act.address]! };
      track(played, { ...incomingOf({ who: act.who }, scheduler.now, sent.length), kind: 'identify', traits });
      return;
    }
    case 'wait':
      scheduler.now += act.ms;
      return;
    case 'turn': {
      const ids = [...watch.enrollments.keys()];
      const id = ids[act.which % Math.max(1, ids.length)];
      if (id) void drive.turn(id);
      return;
    }
    case 'publish':
      void publish(backing, watch, act.catalog, scheduler.now);
      return;
    case 'provider':
      provider.script.push(act.does);
      return;
    case 'command':
      command(played, act.does, act.which);
      return;
    case 'group':
      group(
        played,
        act.calls.map((call, index) => incomingOf(call, scheduler.now, sent.length + index)),
      );
      return;
    case 'doubt':
      doubt(played, act);
      return;
    case 'answer':
      answer(played, act);
      return;
    case 'report':
      report(played, act.which, act.kind);
      return;
    case 'forget':
      drive.forget();
      return;
  }
}

function track({ drive, sent, acknowledged }: Case, incoming: Incoming): void {
  sent.push(incoming);
  const sourceId = `${incoming.source} ${incoming.sourceId}`;
  void drive
    .insist(`${incoming.kind} ${incoming.name ?? ''}`, (ports) => receive(ports, incoming))
    .then((receipt) => {
      acknowledged.push({ sourceId, receipt });
    });
}

/** A batch as the server takes it: what is more than to be stored is received alone, after the others and in order. */
function group(played: Case, incomings: Incoming[]): void {
  const { drive, sent, acknowledged } = played;
  sent.push(...incomings);
  const taken = drive.insist(`${incomings.length} calls at once`, (ports) => receiveMany(ports, incomings));
  void taken.then(async (receipts) => {
    for (const [index, incoming] of incomings.entries()) {
      const alone = (ports: Ports) => receive(ports, incoming);
      const receipt = receipts[index] ?? (await drive.insist(`${incoming.name} alone`, alone));
      acknowledged.push({ sourceId: `${incoming.source} ${incoming.sourceId}`, receipt });
    }
  });
}

/** To a question that somebody has seen; `again`: by the same click as before. */
function answer(played: Case, { which, answer: word, again }: Act & { act: 'answer' }): void {
  const { drive, scheduler, watch, answers, provider } = played;
  const asked = [...watch.deliveries.values()].filter(({ message, key }) => {
    return message === 'quiz' && provider.accepted.includes(key);
  });
  const key = asked[which % Math.max(1, asked.length)]?.key;
  if (!key) return;
  const sourceId = again ? `click on ${key}` : `click ${answers.length}`;
  const given = { key, answer: word, source: 'link', sourceId, at: scheduler.now };
  void drive
    .insist(`answer to ${key}`, (ports) => receiveAnswer(ports, given))
    .then(({ status }) => {
      answers.push({ sourceId, isValid: word === 'good', status });
    });
}

function report({ drive, scheduler, provider }: Case, which: number, kind: (typeof heards)[number]): void {
  const key = provider.accepted[which];
  const heard = { kind, at: scheduler.now, code: null, source: 'test' };
  if (key) void drive.insist(`${key} ${kind}`, (ports) => engineReport(ports, key, heard));
}

/** Who has looked says what is so, or has it sent once more. */
function doubt({ drive, watch, provider }: Case, { does, which }: Act & { act: 'doubt' }): void {
  void drive.insist(`${does} ${which}`, async (ports) => {
    const doubtful = [...watch.deliveries.values()].filter(({ state }) => state === 'unknown');
    const key = doubtful[which % Math.max(1, doubtful.length)]?.key;
    if (!key) return;
    if (does === 'resend') await resend(ports, key, 'support');
    else if (!provider.accepted.includes(key)) await resolveDelivery(ports, key, 'support', 'failed');
  });
}

function command({ drive, watch }: Case, does: (typeof commands)[number], which: number): void {
  const [id] = [...watch.enrollments.keys()].slice(which);
  const [key] = [...watch.deliveries.keys()].slice(which);
  const journey = ['welcome', 'cart', 'booking', 'flash'][which]!;
  const on: { [name in typeof does]: (ports: Ports) => Promise<unknown> } = {
    eject: async (ports) => id && eject(ports, id, 'support'),
    pause: async (ports) => id && pauseEnrollment(ports, id, 'support'),
    resume: async (ports) => id && resumeEnrollment(ports, id, 'support'),
    cancel: async (ports) => key && cancel(ports, key, 'support'),
    'pause journey': (ports) => pauseJourney(ports, journey, 'marketer'),
    'resume journey': (ports) => resumeJourney(ports, journey, 'marketer'),
    'stop journey': (ports) => stopJourney(ports, journey, 'marketer'),
  };
  void drive.insist(`${does} ${which}`, on[does]);
}

function resumeAll({ drive, watch }: Case): void {
  for (const [journey, stand] of Object.entries(watch.catalogs.at(-1)!.halted ?? {}))
    if (stand === 'paused') void drive.insist('resume journey', (ports) => resumeJourney(ports, journey, 'marketer'));
  for (const { id, pausedAt, status } of watch.enrollments.values())
    if (pausedAt !== null && status === 'active')
      void drive.insist('resume', (ports) => resumeEnrollment(ports, id, 'support'));
}

async function publish(backing: Backing, watch: Watch, number: number, at: number): Promise<void> {
  // Named before it stands, so that whoever reads it meanwhile is right with either.
  watch.catalogs.push({ ...catalogs[number]!, halted: watch.catalogs.at(-1)!.halted ?? {} });
  backing.tracked.inFlight += 1;
  await backing.publish(catalogs[number]!, at);
  backing.tracked.inFlight -= 1;
}

function suppress(ports: Ports, who: number): Promise<void> {
  return ports.store.transaction(async (tx) => {
    const { traits } = await tx.lockCustomerOf({ userId: `u${who}` }, ports.clock.now());
    if (typeof traits.email === 'string') await tx.suppress('email', traits.email, 'complaint', ports.clock.now());
  });
}

interface Said {
  who: number;
  name?: string;
  cart?: number | null;
  agoMs?: number;
}

function incomingOf({ who, name, cart, agoMs = 0 }: Said, now: number, number: number): Incoming {
  const data: StoredEvent['data'] = {};
  if (cart !== null && cart !== undefined) data.cart_id = `k${cart}`;
  if (name === 'order_completed') data.order_id = `o${number}`;
  return {
    source: 'shop',
    sourceId: `m${number}`,
    identity: { userId: `u${who}` },
    kind: 'event',
    name: name ?? null,
    occurredAt: now - agoMs,
    data,
    traits: {},
    context: {},
    grants: [],
    trusted: true,
  };
}
