// The whole product as `npm start` runs it, in a process of its own, and the calls that the tests make to it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { KeyName } from '../../embedded/keys.ts';
import type { MailMessage } from '../../embedded/mailbox.ts';
import { freePort } from '../../embedded/ports.ts';
import type { CustomerView } from '../../store/customer-view.ts';
import { type Program, runProgram } from './program.ts';
import { until } from './until.ts';

export interface Started {
  program: Program;
  port: number;
  url: string;
  /** From the file in its home. */
  keys: Record<KeyName, string>;
  mails(): Promise<MailMessage[]>;
  /** The mail with this subject to this address, when it is there. */
  mail(to: string, subject: string, patienceMs?: number): Promise<MailMessage>;
  /** Sends the calls as one batch; all of them must be taken. */
  send(...calls: object[]): Promise<void>;
  customer(id: string): Promise<CustomerView>;
}

/** Starts the program without waiting for anything. */
export async function startProgram(home: string, environment: Record<string, string> = {}, ...args: string[]) {
  const port = environment.PORT ? Number(environment.PORT) : await freePort();
  const program = await runProgram(
    'embedded/start.ts',
    { PORT: String(port), TABIJI_HOME: home, ...environment },
    ...args,
  );
  return { program, port };
}

/** Starts it and waits until it runs. */
export async function startProduct(
  home: string,
  environment: Record<string, string> = {},
  ...args: string[]
): Promise<Started> {
  const { program, port } = await startProgram(home, environment, ...args);
  await program.says(/^Tabiji .* runs\.$[\s\S]*\n {2}curl .*\n/m, 120_000);
  const url = `http://127.0.0.1:${port}`;
  const keys = parseEnv(readFileSync(join(home, 'keys'), 'utf8')) as Record<KeyName, string>;
  const mails = () => json<MailMessage[]>(`${url}/mailbox/messages`);
  return {
    ...{ program, port, url, keys, mails },
    mail: (to, subject, patienceMs) =>
      until(
        `${to} has "${subject}"`,
        async () => (await mails()).find((mail) => mail.to.includes(to) && mail.subject.includes(subject)),
        patienceMs,
      ),
    async send(...batch) {
      const answer = await json<{ accepted: number }>(`${url}/v1/batch`, keys.TABIJI_WRITE_KEY, { batch });
      if (answer.accepted !== batch.length) throw new Error(`not all were taken: ${JSON.stringify(answer)}`);
    },
    customer: (id) => json(`${url}/customers/${id}`, keys.TABIJI_SUPPORT_TOKEN),
  };
}

/** GET, or POST where there is a body. Rejects what is no success. */
export async function json<T>(url: string, key?: string, body?: object): Promise<T> {
  const answer = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Whether anything listens there. */
export async function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    () => true,
    () => false,
  );
}
