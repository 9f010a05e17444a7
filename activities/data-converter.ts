// How values become Temporal's: as JSON, and failures as codes only. Worker, client and bundle must use the same.
import { fileURLToPath } from 'node:url';

/** The SDK loads this by path; see the file for what it keeps of an error. */
export const failureConverterPath = fileURLToPath(new URL('../workflows/failure-converter.js', import.meta.url));

/** For `new Client({ dataConverter })` and `Worker.create({ dataConverter })`. */
export const dataConverter = { failureConverterPath };
