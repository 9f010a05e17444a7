// `npm run build`: builds the pages for production.
import { ensurePages } from './build.ts';

const folder = await ensurePages((line) => process.stdout.write(`${line}\n`));
process.stdout.write(`The pages are built in ${folder}.\n`);
