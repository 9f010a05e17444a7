// The chats of a server process: who reads along, and who answers.
import type pg from 'pg';
import type { Logger } from 'pino';
import { errorCode } from '../../engine/error-code.ts';
import type { Clock } from '../../engine/ports.ts';
import { newChatMessages, openQuestion } from '../../store/chat.ts';
import { createStore } from '../../store/postgres.ts';
import { createAnswers } from './answers.ts';
import { type ConverseDeps, createConverse } from './converse.ts';
import { createChatFeed } from './feed.ts';
import { createModel, type ModelSettings } from './model.ts';

export interface ChatDeps {
  pool: pg.Pool;
  clock: Clock;
  newId: () => string;
  logger: Logger;
  /** Undefined: the FAQ alone answers. */
  model?: ModelSettings | undefined;
  receiveAnswer: ConverseDeps['receiveAnswer'];
  /** How often others' messages are looked for, in milliseconds. */
  everyMs?: number;
}

export function startChat({ pool, clock, newId, logger, model, receiveAnswer, everyMs }: ChatDeps) {
  const failed = (error: unknown) => logger.warn(errorCode(error), 'chats cannot be read at the moment');
  const feed = createChatFeed((places) => newChatMessages(pool, places), failed, everyMs);
  const silent = (code: string) => logger.warn({ code }, 'the language model could not be asked; the FAQ answers');
  const converse = createConverse({
    ports: { store: createStore(pool), clock, newId },
    answers: createAnswers(model ? createModel({ ...model, failed: silent }) : null),
    openQuestion: (...asked) => openQuestion(pool, ...asked),
    receiveAnswer,
    heard: feed.ring,
  });
  return { feed, converse };
}
