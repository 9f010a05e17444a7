// A channel that keeps what it is given and fails as it is told. It claims as a real one does.
import type { Channel, Outcome } from '../engine/channel.ts';

export interface ChannelScript {
  channels: { [name: string]: Channel };
  /** The next attempts on this channel: `fails: 2` is refused twice, `unknown` and `gone` end the next one so. */
  fail(channel: string, how: number | 'unknown' | 'gone'): void;
}

export function createScriptedChannels(names: string[]): ChannelScript {
  const scripts = new Map<string, Outcome[]>(names.map((name) => [name, []]));
  return {
    channels: Object.fromEntries(names.map((name) => [name, scriptedChannel(name, scripts.get(name)!)])),
    fail(channel, how) {
      const outcomes: Outcome[] =
        typeof how === 'number'
          ? Array.from({ length: how }, () => ({ kind: 'retry', code: '451' }))
          : [how === 'gone' ? { kind: 'recipient_gone', code: '5.1.1' } : { kind: 'unknown', code: 'ETIMEDOUT' }];
      scripts.get(channel)!.push(...outcomes);
    },
  };
}

function scriptedChannel(name: string, script: Outcome[]): Channel {
  return {
    name,
    longestCallMs: 60_000,
    async attempt(_message, claim) {
      if (script[0]?.kind === 'retry') return script.shift()!;
      if (!(await claim())) return { kind: 'not_claimed' };
      return script.shift() ?? { kind: 'accepted' };
    },
    close: async () => undefined,
  };
}
