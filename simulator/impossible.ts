// What cannot happen when its moment has come: a mistake of whoever wrote the row, not of the engine.
import { SaidError } from '../language/said-error.ts';

export class Impossible extends SaidError {}
