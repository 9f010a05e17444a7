// Stepped time over a database: the stepper with all that it asks.
import type pg from 'pg';
import { takeDue } from '../../server/flips.ts';
import { newId } from '../../store/id.ts';
import { createStore } from '../../store/postgres.ts';
import { createSteps } from '../../store/steps.ts';
import { type Stepper, type StepperDeps, startStepper } from './stepper.ts';

export type { Agenda } from './stepper.ts';

/** @param input `pool`: of a migrated database, on which a dispatcher and a worker run */
export function startSteppedTime(input: Omit<StepperDeps, 'steps' | 'takeDue'> & { pool: pg.Pool }): Stepper {
  const { pool, ...deps } = input;
  const ports = { store: createStore(pool), clock: deps.clock, newId, between: () => {} };
  return startStepper({ ...deps, steps: createSteps(pool), takeDue: () => takeDue(ports) });
}
