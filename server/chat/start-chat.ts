// The chats of a server process: who reads along, and who answers.
import type pg from 'pg';
import type { Logger } from 'pino';
import { type LineOptions, lineChannel } from '../../activities/channels/line.ts';
import { errorCode } from '../../engine/error-code.ts';
import type { Clock } from '../../engine/ports.ts';
import { chatMessageSent, newChatMessages, openQuestion, unsentChatMessages } from '../../store/chat.ts';
import { createStore } from '../../store/postgres.ts';
import { keyedHash } from '../keyed-hash.ts';
import { createAnswers } from './answers.ts';
import { type ConverseDeps, createConverse } from './converse.ts';
import { createChatFeed } from './feed.ts';
import { startLineSender } from './line-sender.ts';
import { createModel, type ModelSettings } from './model.ts';

export interface ChatDeps {
  pool: pg.Pool;
  clock: Clock;
  newId: () => string;
  /** What the keyed hashes of people erased are made with. */
  secret: string;
  logger: Logger;
  /** Undefined: the FAQ alone answers. */
  model?: ModelSettings | undefined;
  receiveAnswer: ConverseDeps['receiveAnswer'];
  /** The official account's; undefined: nothing is answered on LINE. */
  line?: Pick<LineOptions, 'accessToken' | 'baseUrl'> | undefined;
  /** How often others' messages are looked for, in milliseconds. */
  everyMs?: number;
}

export function startChat(deps: ChatDeps) {
  const { pool, clock, newId, secret, logger, model, receiveAnswer, everyMs } = deps;
  const failed = (error: unknown) => logger.warn(errorCode(error), 'chats cannot be read at the moment');
  const feed = createChatFeed((places) => newChatMessages(pool, places), failed, everyMs);
  const silent = (code: string) => logger.warn({ code }, 'the language model could not be asked; the FAQ answers');
  const converse = createConverse({
    ports: {
      ...{ store: createStore(pool), clock, newId },
      ...{ keyedHash: (text: string) => keyedHash(secret, text), between: () => {} },
    },
    answers: createAnswers(model ? createModel({ ...model, failed: silent }) : null),
    openQuestion: (...asked) => openQuestion(pool, ...asked),
    receiveAnswer,
    heard() {
      feed.ring();
      line?.ring();
    },
  });
  const line = lineSenderOf(deps);
  return {
    feed,
    converse,
    async stop() {
      await Promise.all([feed.close(), line?.stop()]);
    },
  };
}

function lineSenderOf({ pool, clock, logger, line, everyMs }: ChatDeps) {
  if (!line) return null;
  return startLineSender({
    channel: lineChannel({ ...line, now: clock.now }),
    unsent: (since, limit) => unsentChatMessages(pool, since, limit),
    sent: (...sent) => chatMessageSent(pool, ...sent),
    now: clock.now,
    real: clock.real,
    ...(everyMs !== undefined && { everyMs }),
    failed: (problem) => logger.warn(problem, 'an answer has not reached LINE yet'),
  });
}
