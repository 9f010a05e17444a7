// Places for attempts within turns. Each such attempt holds a workflow-task slot while it runs, so a channel has a few of
// them in each process, and a message that finds none free goes to the channel's queue (design §5).
import type { StartTimer } from './calls.ts';

/** Gives the place back; called once. */
export type Leave = () => void;

export interface Places {
  /**
   * A place on this channel, or null. Who finds none waits a moment for one, unless for a while nobody has left: a
   * provider that stands still must not hold up those who wait for it as well.
   */
  enter(channel: string): Promise<Leave | null>;
}

const patienceMs = 500;
const stillMs = 1_000;

interface Channel {
  taken: number;
  leftAt: number;
  waiting: Set<Leave>;
}

/**
 * @param most places a channel
 * @param real milliseconds of real time
 */
export function createPlaces(most: number, real: () => number, startTimer: StartTimer): Places {
  const channels = new Map<string, Channel>();

  function channelOf(name: string): Channel {
    const known = channels.get(name);
    if (known) return known;
    const fresh = { taken: 0, leftAt: Number.NEGATIVE_INFINITY, waiting: new Set<Leave>() };
    channels.set(name, fresh);
    return fresh;
  }

  function leave(channel: Channel): void {
    channel.leftAt = real();
    const [next] = channel.waiting;
    if (next) next();
    else channel.taken -= 1;
  }

  function wait(channel: Channel): Promise<Leave | null> {
    const timer = startTimer(patienceMs);
    return new Promise((resolve) => {
      const admit = () => {
        channel.waiting.delete(admit);
        timer.cancel();
        resolve(() => leave(channel));
      };
      channel.waiting.add(admit);
      void timer.over.then(() => {
        if (channel.waiting.delete(admit)) resolve(null);
      });
    });
  }

  return {
    async enter(name) {
      const channel = channelOf(name);
      if (channel.taken >= most) return real() - channel.leftAt > stillMs ? null : wait(channel);
      channel.taken += 1;
      return () => leave(channel);
    },
  };
}
