// The thread of the embedded PostgreSQL begins here: a thread needs JavaScript, and Node 20 no flag of its parent's.
// All it does is to let TypeScript in.
import { register } from 'tsx/esm/api';

register();
await import('./postgres-thread.ts');
