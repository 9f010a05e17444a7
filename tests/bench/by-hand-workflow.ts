// The same journey as a workflow written by hand, in the way of Temporal's tutorials: an ordinary activity a send.
import * as workflow from '@temporalio/workflow';
import type { ByHandActivities } from './by-hand-activities.ts';

export interface ByHandInput {
  enrollmentId: string;
  customerId: string;
  version: string;
  email: string;
  waitsMs: readonly [number, number, number];
}

const { send } = workflow.proxyActivities<ByHandActivities>({ startToCloseTimeout: '60 seconds' });
const viewedSignal = workflow.defineSignal('product_viewed');

export async function threeMails(input: ByHandInput): Promise<void> {
  const [first, second, within] = input.waitsMs;
  let hasViewed = false;
  workflow.setHandler(viewedSignal, () => {
    hasViewed = true;
  });
  await send(input, 1);
  await workflow.sleep(first);
  await send(input, 2);
  await workflow.sleep(second);
  if (!(await workflow.condition(() => hasViewed, within))) await send(input, 3);
}
