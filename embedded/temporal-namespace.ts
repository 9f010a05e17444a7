// What the embedded server must be told over gRPC once it runs: its flags do not reach an existing file.

import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

const NAMESPACE = 'default';

/** Resolves when the server serves the default namespace; gives up when aborted. */
export async function frontendAnswers(address: string, signal: AbortSignal): Promise<void> {
  const connection = Connection.lazy({ address, connectTimeout: 1000 });
  try {
    while (!signal.aborted) {
      const answered = await connection
        .withDeadline(Date.now() + 2000, () => connection.workflowService.describeNamespace({ namespace: NAMESPACE }))
        .then(
          () => true,
          () => false,
        );
      if (answered) return;
      await sleep(50);
    }
  } finally {
    await connection.close();
  }
}

/** Keeps closed workflows for so many hours; the same again changes nothing. */
export async function setRetention(address: string, hours: number): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
    if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) === hours * 3600) return;
    const seconds = hours * 3600;
    const change = { workflowExecutionRetentionTtl: { seconds: seconds as never } };
    await connection.workflowService.updateNamespace({ namespace: NAMESPACE, config: change });
  } finally {
    await connection.close();
  }
}
