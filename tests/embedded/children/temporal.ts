// Starts a Temporal server on the file and log given, and lives until it is killed.
import { resolveTemporalCli } from '../../../embedded/temporal-cli.ts';
import { startTemporal } from '../../../embedded/temporal-server.ts';

const [dbFile, logFile] = process.argv.slice(2);
const { address } = await startTemporal({
  cli: await resolveTemporalCli({ env: process.env }),
  dbFile,
  logFile: logFile!,
});
console.log(JSON.stringify({ address }));
