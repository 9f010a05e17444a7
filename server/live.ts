// Pages that follow: a server-sent stream that says "changed" when what a page shows may have changed. What changed is
// fetched again by the page, so a stream can lose nothing; its ids say what the page has seen, so it can be resumed.
import { createBell } from './bell.ts';
import { CallerError } from './errors.ts';

/** What a page shows, as far as it can change: one text that differs when it may have. Asked often, so it must be cheap. */
export interface Topic {
  name: string;
  fingerprint: () => Promise<string>;
  /** How long to leave it alone at least. */
  everyMs: number;
}

export interface Listener {
  /** Writes one event of the stream. */
  write(chunk: string): void;
  /** Ends it; the page says that it is not live, and comes again. */
  end(): void;
}

export interface Live {
  /** Begins to tell; answers how to stop. `seen` is the id that the page saw last. Refuses more than it can carry. */
  follow(topic: Topic, listener: Listener, seen: string | null): () => void;
  /** Something was written by this process: look now rather than soon. Must not wait and must not throw. */
  ring(): void;
  stop(): void;
}

interface Watched {
  topic: Topic;
  /** With the id that each has seen, and whether this stream has said anything yet. */
  listeners: Map<Listener, { seen: string | null; isGreeted: boolean }>;
  lookedAt: number;
}

const most = 500;
const lookEveryMs = 250;
/** A page that has heard nothing for twice as long says that it is not live. */
export const beatEveryMs = 5000;

/**
 * Looks at what is followed, and at nothing else. Every server process looks for itself. All that is told carries the
 * time that business is done by: pages that reckon from now must not ask their own machine.
 */
export function createLive(businessNow: () => number, now: () => number = Date.now): Live {
  const watched = new Map<string, Watched>();
  const bell = createBell();
  let isRunning = false;
  let stopped = false;
  let rang = false;
  let beatAt = 0;

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    while (isFollowed() && !stopped) {
      const isRung = rang;
      rang = false;
      const due = [...watched.values()].filter((one) => isRung || now() - one.lookedAt >= one.topic.everyMs);
      await Promise.all(due.map((one) => look(one, now(), said())));
      if (now() - beatAt >= beatEveryMs) beat();
      await bell.wait(lookEveryMs);
    }
    isRunning = false;
  }

  function isFollowed(): boolean {
    for (const [name, { listeners }] of watched) if (listeners.size === 0) watched.delete(name);
    return watched.size > 0;
  }

  function beat(): void {
    beatAt = now();
    for (const { listeners } of watched.values())
      for (const listener of listeners.keys()) listener.write(`event: beat\ndata: ${said()}\n\n`);
  }

  const said = () => JSON.stringify({ now: new Date(businessNow()).toISOString() });

  return {
    follow(topic, listener, seen) {
      // Nobody would end it any more, and the server waits until all are ended.
      if (stopped) throw new CallerError('overloaded', 'the server is stopping; come again in a moment');
      const size = [...watched.values()].reduce((sum, { listeners }) => sum + listeners.size, 0);
      if (size >= most) throw new CallerError('overloaded', 'too many pages follow at once; come again in a moment');
      const one = watched.get(topic.name) ?? { topic, listeners: new Map(), lookedAt: 0 };
      one.listeners.set(listener, { seen, isGreeted: false });
      // The next look answers the newcomer.
      one.lookedAt = 0;
      watched.set(topic.name, one);
      bell.ring();
      void run();
      return () => void one.listeners.delete(listener);
    },
    ring() {
      rang = true;
      bell.ring();
    },
    stop() {
      stopped = true;
      for (const { listeners } of watched.values()) for (const listener of listeners.keys()) listener.end();
      watched.clear();
      bell.ring();
    },
  };
}

/** Tells each listener what it has not seen; where the database does not answer, ends them, so that they know. */
async function look(one: Watched, at: number, said: string): Promise<void> {
  one.lookedAt = at;
  try {
    const print = await one.topic.fingerprint();
    for (const [listener, { seen, isGreeted }] of one.listeners) {
      if (seen === print && isGreeted) continue;
      listener.write(`id: ${print}\nevent: ${seen === print ? 'live' : 'changed'}\ndata: ${said}\n\n`);
      one.listeners.set(listener, { seen: print, isGreeted: true });
    }
  } catch {
    for (const listener of one.listeners.keys()) listener.end();
    one.listeners.clear();
  }
}
