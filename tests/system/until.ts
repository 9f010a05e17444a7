// Waiting for what other processes do: asked again and again, never for longer than said.
import { setTimeout as sleep } from 'node:timers/promises';

/** The first answer that is neither false, null nor undefined. Rejects, naming what was waited for, after `patienceMs`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  patienceMs = 90_000,
  pauseMs = 50,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined)
      return answer as Exclude<T, false | null | undefined>;
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs / 1000} s: ${what}`);
    await sleep(pauseMs);
  }
}
