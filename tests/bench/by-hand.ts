// The rivals: a worker of the workflow by hand, with as many slots as ours has, and starts as many at a time.
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { type ByHandActivities, type Mailer, recordingAll, recordingNothing } from './by-hand-activities.ts';
import type { ByHandInput } from './by-hand-workflow.ts';
import { type Contender, closed, countdown } from './contender.ts';
import { type BenchWorld, type Entered, waitsMs } from './world.ts';

const slots = 40;
const starts = 20;

/** The workflow's code; built once for all rivals. */
export function byHandBundle(): Promise<WorkflowBundleWithSourceMap> {
  const workflowsPath = fileURLToPath(new URL('by-hand-workflow.ts', import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger: quiet });
}

/** @param records `nothing`, or the rows that ours writes */
export async function byHand(
  world: BenchWorld,
  bundle: WorkflowBundleWithSourceMap,
  name: string,
  records: 'nothing' | 'all',
  mailer: Mailer,
): Promise<Contender> {
  const { pool } = world.database;
  let count = countdown([]);
  const sent = (id: string, message: number) => void (message === 3 && count.done(id));
  const activities = records === 'all' ? recordingAll(pool, mailer, sent) : recordingNothing(mailer, sent);
  const { stop } = await work(world.address, name, bundle, activities);
  return {
    name,
    isOurs: false,
    async run(entered) {
      count = countdown(entered.map(({ enrollmentId }) => enrollmentId));
      await startAll(world, name, entered);
      await count.all;
      await closed(world, entered);
    },
    async stop() {
      await stop();
      mailer.close();
    },
  };
}

async function work(
  address: string,
  taskQueue: string,
  workflowBundle: WorkflowBundleWithSourceMap,
  activities: ByHandActivities,
) {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    ...{ connection, taskQueue, workflowBundle, activities: { ...activities } },
    maxConcurrentWorkflowTaskExecutions: slots,
    maxConcurrentActivityTaskExecutions: slots,
    maxCachedWorkflows: 1_000,
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

async function startAll({ client }: BenchWorld, taskQueue: string, entered: Entered[]): Promise<void> {
  const left = [...entered];
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const args: [ByHandInput] = [{ ...next, waitsMs }];
      await client.workflow.start('threeMails', { taskQueue, workflowId: next.enrollmentId, args });
    }
  };
  await Promise.all(Array.from({ length: starts }, lane));
}

const nothing = () => {};
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
