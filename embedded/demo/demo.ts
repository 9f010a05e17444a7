// The demo: a product of its own under the step clock, and the two weeks played on it by the shop and its customers.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { holdoutOf } from '../../engine/core/draw.ts';
import { freePort, requireFreePort } from '../ports.ts';
import { type Product, startProduct } from '../product.ts';
import type { Agenda } from '../step/stepped-time.ts';
import type { Person } from './cast.ts';
import { emptyDemoHome } from './demo-home.ts';
import { readFigures } from './figures.ts';
import { createNarrator, epilogue, type Narrator, prologue } from './narrator.ts';
import { openReader } from './reader.ts';
import { openStorefront } from './storefront.ts';
import { days, type Scene, type Stage, story } from './story.ts';

export interface DemoOptions {
  env: NodeJS.ProcessEnv;
  version: string;
  logger: Logger;
  /** Business time for each real time. */
  speed: number;
  say(line: string): void;
  onFailure(error: Error): void;
}

export interface Demo {
  /** Resolves when the two weeks are over, and told; rejects where the script could not go on. */
  played: Promise<void>;
  /** Says what is worth a look while it stays up; time goes at its ordinary pace by then. */
  stay(): void;
  stop(): Promise<void>;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const weekMs = 7 * dayMs;
/** The first scenes are at nine. */
const opensAtMs = 8.5 * 60 * minuteMs;
/** What the journeys themselves take over two weeks, however fast time goes. */
const workMinutes = 0.6;
const sinceMinuteMs = 20_000;
const longestIdleMs = 1_500;
const journeys = fileURLToPath(new URL('../../journeys', import.meta.url));

/** Starts product and play. Throws a `StartError` that says what to do. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { env, say, speed, ...others } = options;
  const home = env.TABIJI_DEMO_HOME || '.tabiji-demo';
  await emptyDemoHome(home);
  const bouncesSecret = randomBytes(24).toString('base64url');
  const own = { ...kept(env), PORT: await portOf(env), TABIJI_HOME: home, TABIJI_JOURNEYS: journeys };
  const firstDay = mondayBefore(Date.now() - 2 * weekMs);
  const product = await startProduct({
    ...{ ...others, say, env: { ...own, TABIJI_BOUNCES_SECRET: bouncesSecret } },
    time: { speed, longestIdleMs, start: firstDay + opensAtMs },
  });
  const { url } = product;
  const { TABIJI_WRITE_KEY: writeKey, TABIJI_BROWSER_KEY: browserKey, TABIJI_ADMIN_TOKEN: token } = product.home.keys;
  say(prologue(url, token, (days * 24 * 60) / speed + workMinutes));
  const shop = openStorefront({ url, writeKey });
  const stage: Stage = { shop, reader: openReader({ url, browserKey, bouncesSecret }), enter: entrance(product, shop) };
  const narrator = createNarrator(say, url);
  const play = playOf(stage, firstDay, narrator, () => readFigures(url, token));
  // Whoever looks around afterwards finds what was told.
  const over = play.over.then(() => product.pace!.change({ speed: 1, longestIdleMs: Number.POSITIVE_INFINITY }));
  const ended = product.run(play.agenda);
  return {
    played: Promise.race([over, ended]).then(async () => narrator.end(await readFigures(url, token))),
    stay() {
      say(epilogue(url, home));
    },
    async stop() {
      await product.stop();
      await shop.close();
    },
  };
}

/** Of the environment only what finds Temporal: the demo sends nothing to anybody, and touches nobody's data. */
function kept(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'TABIJI_TEMPORAL_CLI', 'TABIJI_LOG_LEVEL'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** 3000 where it is free, so that the addresses are those of the docs. */
async function portOf({ PORT }: NodeJS.ProcessEnv): Promise<string> {
  if (PORT) return PORT;
  return requireFreePort(3000, 'PORT').then(
    () => '3000',
    async () => String(await freePort()),
  );
}

/** Its midnight in Japan, where no clock is ever put forward. */
function mondayBefore(at: number): number {
  const monday = Date.parse('2026-01-05T00:00:00+09:00');
  return monday + Math.floor((at - monday) / weekMs) * weekMs;
}

/** Chance decides in each journey who is held out; here it is the cast that says so. */
function entrance({ store, clock }: Product, shop: Stage['shop']): Stage['enter'] {
  return async (person: Person) => {
    await shop.meet(person);
    await store.transaction(async (tx) => {
      const { id } = await tx.lockCustomerOf({ userId: person.id }, clock.now());
      const { journeys } = await tx.catalog();
      for (const { plan } of journeys.filter((one) => one.plan.holdout > 0))
        await tx.draw(id, holdoutOf(plan.journey), person.heldOut ?? false);
    });
  };
}

/** The scenes as an agenda, with a heading at each midnight. */
function playOf(stage: Stage, firstDay: number, narrator: Narrator, figures: () => ReturnType<typeof readFigures>) {
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const morning = (day: number): Scene => ({
    at: Math.max((day - 1) * 24 * 60, opensAtMs / minuteMs),
    act: async () => narrator.day(day, firstDay + (day - 1) * dayMs, day === 1 ? null : await figures()),
  });
  const curtain: Scene = { at: days * 24 * 60, act: async () => end() };
  const mornings = Array.from({ length: days }, (_, index) => morning(index + 1));
  const scenes = [...mornings, ...story(), curtain].sort((a, b) => a.at - b.at);
  // Not at the full minute: what Segment's client takes to send must not make it the minute before.
  const momentOf = ({ at }: Scene) => firstDay + at * minuteMs + sinceMinuteMs;
  const agenda: Agenda = {
    next: () => (scenes[0] ? momentOf(scenes[0]) : null),
    async run(now) {
      while (scenes[0] && momentOf(scenes[0]) <= now) {
        const scene = scenes.shift()!;
        narrator.scene(scene);
        await scene.act(stage).catch((error: unknown) => {
          throw new Error(`the script cannot go on${scene.says ? ` at "${scene.says}"` : ''}: ${sentenceOf(error)}`);
        });
      }
    },
  };
  return { agenda, over };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
