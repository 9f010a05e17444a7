// Keeps Chatwoot told: takes one conversation after another of which something is to be told. One that fails waits, longer
// each time, and keeps no other waiting.
import type pg from 'pg';
import type { Logger } from 'pino';
import { errorCode } from '../../engine/error-code.ts';
import { createMirrors, LostLease } from '../../store/chatwoot.ts';
import { createStore } from '../../store/postgres.ts';
import { createBell } from '../bell.ts';
import type { Conversations } from '../deps.ts';
import { createChatwootApi } from './api.ts';
import { leaseMs, type MirrorDeps, readEveryMs, tellChatwoot } from './mirror.ts';
import type { ChatwootSettings } from './settings.ts';

export interface ChatwootDeps {
  pool: pg.Pool;
  clock: { real(): number };
  settings: ChatwootSettings;
  conversations: Pick<Conversations, 'read' | 'reply' | 'resolve'>;
  resolved(): void;
  logger: Logger;
  everyMs?: number;
  timeoutMs?: number;
  between?: MirrorDeps['between'];
}

export interface Chatwoot {
  /** Whose conversation this is; see `Mirrors`. */
  conversationOf(number: number, conversationId: string | null): Promise<string | null>;
  /** Tells what is due now. Resolves when there is nothing more, or what is left waits for another attempt. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

/** Longer than a call may take, so that what was cut off has arrived there before it is looked for. */
const firstPauseMs = 15_000;
const longestPauseMs = 15 * 60_000;
const mostPowers = 10;
/** Conversations told at once. */
const lanes = 4;

export function startChatwoot(deps: ChatwootDeps): Chatwoot {
  const { pool, clock, settings, conversations, resolved, logger, everyMs = 1_000, timeoutMs, between } = deps;
  const mirrors = createMirrors(pool);
  const telling: MirrorDeps = {
    api: createChatwootApi(settings, timeoutMs),
    ...{ mirrors, conversations, resolved, now: () => clock.real(), nameOf: (id) => nameOf(pool, id) },
    ...(between && { between }),
  };
  const bell = createBell();
  let isStopping = false;
  const running = everyMs > 0 ? Promise.all(Array.from({ length: lanes }, run)) : Promise.resolve();

  async function run(): Promise<void> {
    while (!isStopping) {
      await round().catch((error: unknown) => logger.warn(errorCode(error), 'Chatwoot cannot be told at the moment'));
      if (!isStopping) await bell.wait(everyMs);
    }
  }

  async function round(): Promise<void> {
    while (!isStopping && (await one()));
  }

  /** False: nothing was due. */
  async function one(): Promise<boolean> {
    const now = clock.real();
    const mirror = await mirrors.take(now, now + leaseMs, now - readEveryMs);
    if (!mirror) return false;
    try {
      const isDone = await tellChatwoot(telling, mirror);
      await mirrors.leave(mirror, { failures: 0, nextAt: null, closedAt: isDone ? clock.real() : null });
    } catch (error) {
      if (error instanceof LostLease) return true;
      const failures = mirror.failures + 1;
      const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(mirror.failures, mostPowers), longestPauseMs);
      await mirrors.leave(mirror, { failures, nextAt: clock.real() + pauseMs, closedAt: null });
      logger.warn(errorCode(error), 'Chatwoot has not been told of a conversation yet');
    }
    return true;
  }

  return {
    conversationOf: (number, conversationId) => mirrors.conversationOf(number, conversationId),
    round,
    async stop() {
      isStopping = true;
      for (let lane = 0; lane < lanes; lane += 1) bell.ring();
      await running;
    },
  };
}

/** By the traits that shops give; null where there are none. */
function nameOf(pool: pg.Pool, customerId: string): Promise<string | null> {
  return createStore(pool).transaction(async (tx) => {
    const { traits = {} } = (await tx.customer(customerId)) ?? {};
    const text = (name: string) => (typeof traits[name] === 'string' ? (traits[name] as string).trim() : '');
    const whole = text('name') || [text('last_name'), text('first_name')].filter((part) => part !== '').join(' ');
    return whole === '' ? null : whole.slice(0, 200);
  });
}
