#!/usr/bin/env node
// Node 20 cannot run TypeScript by itself: tsx is registered, and the command begins.
import { register } from 'tsx/esm/api';

register();
await import('../cli/main.ts');
