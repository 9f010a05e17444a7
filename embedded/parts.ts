// What the product stands on: Temporal, PostgreSQL, mail and the built pages, each embedded unless there is a real one.
import type { Logger } from 'pino';
import { errorCode } from '../engine/error-code.ts';
import { builtPages, ensurePages } from '../pages/build.ts';
import type { Home } from './home.ts';
import { startMailbox } from './mailbox.ts';
import { answerMailbox } from './mailbox-answer.ts';
import { startPostgres } from './postgres.ts';
import { resolveTemporalCli } from './temporal-cli.ts';
import { startTemporal } from './temporal-server.ts';

export interface PartsInput {
  env: NodeJS.ProcessEnv;
  home: Home;
  logger: Logger;
  /** When a mail has arrived. */
  now(): number;
  /** Told before anything that takes longer than a second. */
  say(line: string): void;
  /** Told once when a part ends without having been stopped. */
  onFailure(error: Error): void;
  onStop(stop: () => Promise<void>): void;
}

export async function startParts(input: PartsInput) {
  const [temporal, database, mail, pages] = await Promise.all([
    temporalOf(input),
    databaseOf(input),
    mailOf(input),
    pagesOf(input),
  ]);
  return { temporal, database, mail, pages };
}

async function temporalOf({ env, home, say, onFailure, onStop }: PartsInput) {
  if (env.TEMPORAL_ADDRESS) {
    const namespace = env.TEMPORAL_NAMESPACE ?? 'default';
    return { address: env.TEMPORAL_ADDRESS, namespace, place: `Temporal   ${env.TEMPORAL_ADDRESS}` };
  }
  const cli = await resolveTemporalCli({ env, say });
  say('Starting Temporal …');
  const port = env.TABIJI_TEMPORAL_PORT ? Number(env.TABIJI_TEMPORAL_PORT) : undefined;
  const { temporalDb: dbFile, temporalLog: logFile } = home;
  const server = await startTemporal({ cli, dbFile, logFile, port, retentionHours: 72, onFailure });
  onStop(server.stop);
  return { address: server.address, namespace: 'default', place: `Temporal   ${server.address} (embedded)` };
}

async function databaseOf({ env, home, say, onFailure, onStop }: PartsInput) {
  if (env.DATABASE_URL) return { url: env.DATABASE_URL, place: 'PostgreSQL the one of DATABASE_URL' };
  say('Starting PostgreSQL …');
  const postgres = await startPostgres({ folder: home.postgres, onFailure });
  onStop(postgres.stop);
  return { url: postgres.url, place: `PostgreSQL ${home.postgres} (embedded)` };
}

async function mailOf({ env, home, now, onFailure, onStop }: PartsInput) {
  if (env.SMTP_URL) return { url: env.SMTP_URL, place: 'Mail       goes to the server of SMTP_URL' };
  const port = env.TABIJI_SMTP_PORT ? Number(env.TABIJI_SMTP_PORT) : undefined;
  const mailbox = await startMailbox({ folder: home.mail, port, now, onFailure });
  onStop(mailbox.stop);
  const answer = (url: string, accept: string) => answerMailbox(mailbox, url, accept);
  return { url: mailbox.smtpUrl, answer, place: `Mail       is kept in ${home.mail} and goes nowhere` };
}

/** What cannot build (a folder that is read-only, say) still takes events and sends mail. */
async function pagesOf({ say, logger }: PartsInput): Promise<string | null> {
  try {
    return await ensurePages(say);
  } catch (error) {
    logger.warn(errorCode(error), 'the pages could not be built; npm run build says why');
    return builtPages();
  }
}
