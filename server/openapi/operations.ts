// All operations, in the order in which their examples are run: what comes first is there for what comes later.
import { actionOperations } from './actions.ts';
import { consentOperations } from './consents.ts';
import { customerOperations, erasure } from './customers.ts';
import { developerOperations } from './developers.ts';
import { eventOperations } from './events.ts';
import { chatOperations, hookOperations, linkOperations } from './hooks.ts';
import { journeyOperations } from './journeys.ts';
import type { Operations } from './operation.ts';

export const operations: Operations = {
  ...eventOperations,
  ...consentOperations,
  ...developerOperations,
  ...linkOperations,
  ...chatOperations,
  ...customerOperations,
  ...actionOperations,
  ...hookOperations,
  ...journeyOperations,
  ...erasure,
};
