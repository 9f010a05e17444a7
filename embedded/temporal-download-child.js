// Run as a process of its own: lets the Temporal SDK download its command of the version given into the folder given.
// The SDK downloads only by starting a server, so one starts and stops again.
import { DefaultLogger, Runtime } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const [downloadDir, version] = process.argv.slice(2);
try {
  const exe = { type: 'cached-download', downloadDir, version: `v${version}`, ttl: 0 };
  const server = await Runtime.instance().createEphemeralServer({
    type: 'dev-server',
    exe: { ...exe, sdkName: 'sdk-typescript', sdkVersion: '1.24.0' },
    namespace: 'default',
    ip: '127.0.0.1',
    port: null,
    uiPort: null,
    dbFilename: null,
    ui: false,
    log: { format: 'pretty', level: 'error' },
    extraArgs: [],
  });
  await Runtime.instance().shutdownEphemeralServer(server);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${String(error).split('\n')[0]}\n`);
  process.exit(1);
}
