// Channels that keep what they are given and fail as they are told. They claim as real ones do.
import type { Channel, Outcome } from '../engine/channel.ts';

export interface ChannelScript {
  channels: { [name: string]: Channel };
  /** The next attempts on this channel: `fails: 2` is refused twice, `unknown` and `gone` end the next one so. */
  fail(channel: string, how: number | 'unknown' | 'gone'): void;
}

/** @param gone what a channel does itself about an address that is gone */
export function createScriptedChannels(
  names: readonly string[],
  gone: (channel: string, to: string) => Promise<void>,
): ChannelScript {
  const scripts = new Map<string, Outcome[]>(names.map((name) => [name, []]));
  return {
    channels: Object.fromEntries(names.map((name) => [name, scriptedChannel(name, scripts.get(name)!, gone)])),
    fail(channel, how) {
      const outcomes: Outcome[] =
        typeof how === 'number'
          ? Array.from({ length: how }, () => ({ kind: 'retry', code: '451' }))
          : [how === 'gone' ? { kind: 'recipient_gone', code: '5.1.1' } : { kind: 'unknown', code: 'ETIMEDOUT' }];
      scripts.get(channel)!.push(...outcomes);
    },
  };
}

function scriptedChannel(
  name: string,
  script: Outcome[],
  gone: (channel: string, to: string) => Promise<void>,
): Channel {
  return {
    name,
    longestCallMs: 60_000,
    async attempt({ to }, claim) {
      if (script[0]?.kind === 'retry') return script.shift()!;
      if (!(await claim())) return { kind: 'not_claimed' };
      const outcome = script.shift() ?? { kind: 'accepted' as const };
      if (outcome.kind === 'recipient_gone') await gone(name, to);
      return outcome;
    },
    close: async () => undefined,
  };
}
