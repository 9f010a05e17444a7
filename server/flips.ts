// What time alone changes about customers: entries by condition that fall due, and the first look after a publish. Any
// number of processes may look; each customer is decided under their own lock.
import type { Logger } from 'pino';
import { endKeptAudiences } from '../engine/audiences.ts';
import { errorCode } from '../engine/error-code.ts';
import { takeFlips } from '../engine/flips.ts';
import type { Ports } from '../engine/ports.ts';
import { createBell } from './bell.ts';
import { createOutage } from './outage.ts';

export interface FlipsDeps {
  /** See `takeDue`. */
  take(): Promise<number>;
  /** Told when somebody was looked at; the dispatcher's `wake`. */
  wake: () => void;
  logger: Logger;
  intervalMs?: number;
}

export interface Flips {
  stop(): Promise<void>;
}

/** Takes up what time alone has changed by now; how many customers it looked at. */
export async function takeDue(ports: Pick<Ports, 'store' | 'clock' | 'newId' | 'between'>): Promise<number> {
  return (await takeFlips(ports)) + (await endKeptAudiences(ports));
}

/** Looks at once, and then each second; while there is more, without a pause. Never throws. */
export function startFlips({ take, wake, logger, intervalMs = 1_000 }: FlipsDeps): Flips {
  const bell = createBell();
  const outage = createOutage(logger, Date.now);
  let isStopping = false;

  async function round(): Promise<number> {
    try {
      const looked = await take();
      outage.end();
      if (looked > 0) wake();
      return looked > 0 ? 0 : intervalMs;
    } catch (error) {
      return outage.begin('the database', errorCode(error).code);
    }
  }

  const ended = (async () => {
    while (!isStopping) {
      const pauseMs = await round();
      if (pauseMs > 0 && !isStopping) await bell.wait(pauseMs);
    }
  })();

  return {
    async stop() {
      isStopping = true;
      bell.ring();
      await ended;
    },
  };
}
