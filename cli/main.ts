// The `tabiji` command.
import { check } from './check.ts';

const [command, folder = process.env.TABIJI_JOURNEYS ?? 'journeys'] = process.argv.slice(2);

if (command === 'check') {
  process.exitCode = await check(folder, (text) => process.stdout.write(text));
} else {
  process.stderr.write('usage: tabiji check [folder]\n');
  process.exitCode = 2;
}
