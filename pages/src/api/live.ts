// Following the server: a stream says when what a page shows has changed, and the page fetches it again. It is live only
// while the stream is heard; the browser resumes it by the id it saw last.
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { learnTime } from '../time/clock.ts';

export type Liveness = 'connecting' | 'live' | 'lost';

/** Twice the server's beat, and a little. */
const silenceMs = 12_000;
const againMs = 2000;

/** Keeps what lies under `key` as the server has it. Null: there is nothing to follow yet. */
export function useLive(path: string | null, key: QueryKey): Liveness {
  const queries = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>('connecting');
  const name = JSON.stringify(key);
  useEffect(() => {
    if (path === null) return;
    setLiveness('connecting');
    const refresh = () => void queries.invalidateQueries({ queryKey: JSON.parse(name) as QueryKey });
    return follow(path, refresh, setLiveness);
  }, [path, name, queries]);
  return liveness;
}

/** Answers how to stop. */
function follow(path: string, changed: () => void, say: (liveness: Liveness) => void): () => void {
  let source: EventSource;
  let silence = 0;
  let again = 0;
  const heard = ({ data }: MessageEvent<string>) => {
    learnTime((JSON.parse(data) as { now?: string }).now);
    say('live');
    window.clearTimeout(silence);
    silence = window.setTimeout(reconnect, silenceMs);
  };
  const lost = () => {
    say('lost');
    // The browser comes again by itself, unless it was refused.
    if (source.readyState === EventSource.CLOSED) again = window.setTimeout(reconnect, againMs);
  };
  function reconnect() {
    say('lost');
    stop();
    open();
  }
  function open() {
    source = new EventSource(path);
    source.addEventListener('live', heard);
    source.addEventListener('beat', heard);
    source.addEventListener('changed', (message) => {
      heard(message);
      changed();
    });
    source.addEventListener('error', lost);
    silence = window.setTimeout(reconnect, silenceMs);
  }
  function stop() {
    window.clearTimeout(silence);
    window.clearTimeout(again);
    source.close();
  }
  open();
  return stop;
}
