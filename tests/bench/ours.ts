// The real thing: the dispatcher drains the outbox, a worker runs real turns with gates, rendering and claims.
import type { RunTurn } from '../../activities/turn.ts';
import { startWorker } from '../../activities/worker.ts';
import { createDrive, deliveriesOf } from '../../drive.ts';
import type { Channel } from '../../engine/channel.ts';
import { createTurns } from '../../engine/turn.ts';
import { startDispatcher } from '../../server/dispatcher.ts';
import { realClock } from '../../server/real-clock.ts';
import { createOutbox } from '../../store/outbox.ts';
import { type Contender, closed, countdown } from './contender.ts';
import type { BenchWorld } from './world.ts';

/** @param mail over SMTP to the local mailbox, or accepted within the process */
export async function ours(world: BenchWorld, mail: 'smtp' | 'accepted'): Promise<Contender> {
  const { address, client, database, logger } = world;
  const taskQueue = `ours-${mail}`;
  const drive = driveOf(world);
  const ports = mail === 'smtp' ? drive.ports : { ...drive.ports, channels: { email: accepting } };
  const turns = createTurns(ports, (error) => Promise.reject(error));
  let count = countdown([]);
  const counted = (run: RunTurn): RunTurn => {
    return async (what, signal) => {
      const result = await run(what, signal);
      // An attempt from a queue is named by its key, which begins with the enrollment's id.
      if (result.finished) count.done(what.split('/')[0]!);
      return result;
    };
  };
  const deliveries = { ...deliveriesOf(ports, turns), run: counted(turns.deliver) };
  const place = { address, namespace: 'default', taskQueue, logger };
  const worker = await startWorker({ ...place, turn: counted(turns.run), deliveries });
  return {
    name: mail === 'smtp' ? 'ours, SMTP' : 'ours',
    isOurs: true,
    async run(entered) {
      count = countdown(entered.map(({ enrollmentId }) => enrollmentId));
      const dispatcher = startDispatcher({ outbox: createOutbox(database.pool), client, taskQueue, logger });
      await count.all;
      await closed(world, entered);
      await dispatcher.stop();
    },
    async stop() {
      await worker.stop();
      await turns.drain();
      await drive.close();
    },
  };
}

function driveOf({ database, smtpUrl, logger }: BenchWorld) {
  const links = { publicUrl: 'https://shop.example', secret: 'a secret of the bench' };
  return createDrive({ pool: database.pool, clock: realClock, smtpUrl, ...links, logger });
}

const accepting: Channel = {
  name: 'email',
  longestCallMs: 1_000,
  attempt: async (_message, claim) => ({ kind: (await claim()) ? 'accepted' : 'not_claimed' }),
  close: async () => {},
};
