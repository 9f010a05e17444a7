// One call to Temporal: tell an enrollment's workflow to look, and start it where it does not run.
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowSignalWithStartOptions,
} from '@temporalio/client';
import { errorCode } from '../engine/error-code.ts';
import { LOOK } from '../workflows/look.ts';

/** Whom to tell. */
export interface Look {
  enrollmentId: string;
  journey: string;
  /** Never handed to Temporal yet: a plain start does, which costs one event less. */
  fresh: boolean;
}

const CALL_MS = 5_000;

/** Tells, within five seconds or not at all. May be repeated: a look too many is one turn that finds nothing. */
export async function tellToLook(client: Client, taskQueue: string, look: Look): Promise<void> {
  await client.withDeadline(Date.now() + CALL_MS, async () => {
    if (look.fresh && (await startsNew(client, taskQueue, look))) return;
    await client.workflow.signalWithStart(look.journey, {
      ...startOptions(taskQueue, look),
      signal: LOOK,
      workflowIdConflictPolicy: 'USE_EXISTING',
    } satisfies WorkflowSignalWithStartOptions);
  });
}

/** False if it runs already: then a start would do nothing, and what came since would not be looked at. */
async function startsNew(client: Client, taskQueue: string, look: Look): Promise<boolean> {
  try {
    await client.workflow.start(look.journey, { ...startOptions(taskQueue, look), workflowIdConflictPolicy: 'FAIL' });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

// A closed workflow of this id may have been terminated by hand or lost its last turn: the database says who is active.
function startOptions(taskQueue: string, { enrollmentId }: Look) {
  return {
    taskQueue,
    workflowId: enrollmentId,
    args: [enrollmentId],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  } as const;
}

// gRPC's status codes: https://grpc.io/docs/guides/status-codes/
const NAMES: { [code: number]: string } = {
  1: 'CANCELLED',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
};
/** Not found is the namespace: a workflow that is missing is started. */
const OUTAGES = ['CANCELLED', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'PERMISSION_DENIED', 'UNAVAILABLE', 'UNAUTHENTICATED'];

/** A short word for why Temporal did not answer, or refused. */
export function refusalCode(error: unknown): string {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return NAMES[cause.code] ?? `GRPC_${cause.code}`;
  const { type, code } = errorCode(cause);
  return code || type;
}

/** Whether no call would get through now, rather than this one being at fault. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return !isGrpcServiceError(cause) || OUTAGES.includes(refusalCode(error));
}
