// What is said to customers whose chat is open, as it is said: one question a second to the database for all of them
// together, and at once where this process has said it itself.
import type { ChatMessage } from '../../engine/core/chat.ts';
import { type Bell, createBell } from '../bell.ts';

/** One open chat: whose browser it is, and what it has. */
export interface Place {
  anonymousId: string;
  after: number;
}

/** What is new for each of these places; `place` is its index. */
export type ReadNew = (places: Place[]) => Promise<{ place: number; message: ChatMessage }[]>;

export interface ChatFeed {
  /** Tells what comes after `after`, in order, until the answer is called. */
  follow(place: Place, tell: (message: ChatMessage) => void): () => void;
  /** Somebody has just said something here. */
  ring(): void;
  close(): Promise<void>;
}

interface Follower extends Place {
  tell(message: ChatMessage): void;
}

/** @param failed told of a read that failed; the next one makes up for it */
export function createChatFeed(readNew: ReadNew, failed: (error: unknown) => void, everyMs = 1_000): ChatFeed {
  const followers = new Set<Follower>();
  const bell: Bell = createBell();
  let isClosed = false;
  const running = run();

  async function run(): Promise<void> {
    while (!isClosed) {
      if (followers.size > 0) await look().catch(failed);
      await bell.wait(followers.size > 0 ? everyMs : 60_000);
    }
  }

  async function look(): Promise<void> {
    const asked = [...followers];
    const found = await readNew(asked.map(({ anonymousId, after }) => ({ anonymousId, after })));
    for (const { place, message } of found) {
      const follower = asked[place]!;
      if (!followers.has(follower) || message.id <= follower.after) continue;
      follower.after = message.id;
      follower.tell(message);
    }
  }

  return {
    follow({ anonymousId, after }, tell) {
      const follower = { anonymousId, after, tell };
      followers.add(follower);
      bell.ring();
      return () => void followers.delete(follower);
    },
    ring: () => bell.ring(),
    async close() {
      isClosed = true;
      bell.ring();
      await running;
    },
  };
}
