import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { resolveTemporalCli } from '../../embedded/temporal-cli.ts';
import type { TemporalCli } from '../../embedded/temporal-command.ts';
import { setRetention } from '../../embedded/temporal-namespace.ts';
import { startTemporal, type TemporalOptions } from '../../embedded/temporal-server.ts';
import { runChild } from './child.ts';
import { testFolder } from './folder.ts';

let cli: TemporalCli;

beforeAll(async () => {
  cli = await resolveTemporalCli({ env: process.env });
}, 300_000);

/** Starts one that is stopped, if it has not been, when the test is over. */
async function start(options: Partial<TemporalOptions> = {}) {
  const server = await startTemporal({ cli, logFile: join(testFolder(), 'log'), ...options });
  onTestFinished(() => server.stop());
  return server;
}

async function connect(address: string): Promise<Client> {
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  return new Client({ connection });
}

async function retentionSeconds(client: Client): Promise<number> {
  const { config } = await client.workflowService.describeNamespace({ namespace: 'default' });
  return Number(config?.workflowExecutionRetentionTtl?.seconds);
}

/** The processes whose command line has this in it. */
function processesWith(text: string): string[] {
  const all = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8', maxBuffer: 10_000_000 });
  return all.split('\n').filter((line) => line.includes(text) && line.includes('start-dev'));
}

test('a workflow acknowledged before a restart is there afterwards, and the retention is set again', async () => {
  const dbFile = join(testFolder(), 'temporal.db');
  const first = await start({ dbFile, retentionHours: 96 });
  const before = await connect(first.address);
  expect(await retentionSeconds(before)).toBe(96 * 3600);
  await before.workflow.start('journey', { taskQueue: 'nobody', workflowId: 'kept' });
  await first.stop();
  const second = await start({ dbFile });
  const after = await connect(second.address);
  expect((await after.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
  expect(await retentionSeconds(after)).toBe(72 * 3600);
  await setRetention(second.address, 72);
  expect(await retentionSeconds(after)).toBe(72 * 3600);
});

test('when the parent is killed nothing is left, and the next start finds everything', async () => {
  const folder = testFolder();
  const dbFile = join(folder, 'temporal.db');
  const parent = runChild('temporal', dbFile, join(folder, 'log'));
  const { address } = (await parent.next<{ address: string }>())!;
  const client = await connect(address);
  await client.workflow.start('journey', { taskQueue: 'nobody', workflowId: 'kept' });
  expect(processesWith(dbFile)).not.toEqual([]);
  await parent.kill('SIGKILL');
  await vi.waitUntil(() => processesWith(dbFile).length === 0, { timeout: 60_000 });
  const next = await start({ dbFile, port: Number(address.split(':')[1]) });
  const after = await connect(next.address);
  expect((await after.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
});

test('after a stop nothing is left', async () => {
  const dbFile = join(testFolder(), 'temporal.db');
  const server = await start({ dbFile });
  await server.stop();
  expect(processesWith(dbFile)).toEqual([]);
});

test('a server that dies is reported once, with the end of its log', async () => {
  const onFailure = vi.fn();
  const dbFile = join(testFolder(), 'temporal.db');
  await start({ dbFile, onFailure });
  const server = processesWith(dbFile).find((line) => !line.includes('sh -c'))!;
  process.kill(Number.parseInt(server, 10), 'SIGKILL');
  await vi.waitUntil(() => onFailure.mock.calls.length > 0, { timeout: 60_000 });
  expect(onFailure.mock.calls.flat().map(({ name }) => name)).toEqual(['StartError']);
  await vi.waitUntil(() => processesWith(dbFile).length === 0, { timeout: 60_000 });
});

test('a taken port is refused with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  await expect(start({ port })).rejects.toThrow(`port ${port} is taken by another program; stop it or set`);
});

test('a server that ends at once is refused with the end of its log', async () => {
  const path = join(testFolder(), 'temporal');
  writeFileSync(path, '#!/bin/sh\necho "the file is damaged" >&2\nexit 3\n');
  chmodSync(path, 0o755);
  const refused = start({ cli: { ...cli, path } });
  await expect(refused).rejects.toThrow(
    /did not start: it ended at once \(status 3\)\. The end of .*\n {2}the file is damaged/,
  );
});

test('a server that finds a port of its own taken is started again', async () => {
  const folder = testFolder();
  const path = join(folder, 'temporal');
  const panic = 'panic: failed assigning ephemeral port: listen tcp 127.0.0.1:0: bind: address already in use';
  writeFileSync(
    path,
    `#!/bin/sh\n[ -e ${folder}/again ] && exec ${cli.path} "$@"\ntouch ${folder}/again\necho "${panic}" >&2\nexit 2\n`,
  );
  chmodSync(path, 0o755);
  const server = await start({ cli: { ...cli, path } });
  expect(await retentionSeconds(await connect(server.address))).toBe(72 * 3600);
});

test('a file of another server version is refused before it is touched', async () => {
  const dbFile = join(testFolder(), 'temporal.db');
  await (await start({ dbFile })).stop();
  expect(readFileSync(`${dbFile}.version`, 'utf8')).toBe(`${cli.server}\n`);
  const patch = await start({ dbFile, cli: { ...cli, server: cli.server.replace(/\d+$/, '99') } });
  await patch.stop();
  await expect(start({ dbFile, cli: { ...cli, server: '1.99.0' } })).rejects.toThrow(
    `${dbFile} was written by Temporal server`,
  );
});

// A workflow's time-out is a timer of the same queue. By default the server waits up to a second for more of them to be due.
test('exact timers fire sooner after their time than the others', async () => {
  /** At best, and by the server's own clock: a busy machine is late now and then, and not every time. */
  const lateness = async (exactTimers: boolean) => {
    const { address } = await start({ exactTimers });
    const client = await connect(address);
    const late: number[] = [];
    for (const workflowId of ['1', '2', '3', '4', '5']) {
      const options = { taskQueue: 'nobody', workflowId, workflowExecutionTimeout: 150 };
      const handle = await client.workflow.start('journey', options);
      await expect(handle.result()).rejects.toThrow();
      const { events } = await handle.fetchHistory();
      const [begun, over] = [events!.at(0)!, events!.at(-1)!].map(({ eventTime }) => momentOf(eventTime!));
      late.push(over! - begun! - 150);
    }
    // A server that has just started waits for nothing.
    return Math.min(...late.slice(1));
  };
  const momentOf = ({ seconds, nanos }: { seconds?: unknown; nanos?: number | null }) =>
    Number(seconds) * 1_000 + (nanos ?? 0) / 1_000_000;
  expect(await lateness(true)).toBeLessThan(await lateness(false));
});
