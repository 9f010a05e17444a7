// What time it is in the shop. A demo plays days in minutes, and a machine's clock may be wrong: the server tells the time
// that business is done by, with its streams, and whatever reckons from now asks here.
import { useEffect, useReducer } from 'react';

let aheadMs = 0;
const waiting = new Set<() => void>();

/** @param iso the server's time, as it was told just now */
export function learnTime(iso: string | undefined): void {
  const ahead = Date.parse(iso ?? '') - Date.now();
  // What the way of an answer takes is no difference.
  if (Number.isNaN(ahead) || Math.abs(ahead - aheadMs) < 2000) return;
  aheadMs = ahead;
  for (const tell of waiting) tell();
}

export function businessNow(): number {
  return Date.now() + aheadMs;
}

/** The time in the shop, anew each half minute and whenever the server tells another. */
export function useNow(): number {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = window.setInterval(again, 30_000);
    waiting.add(again);
    return () => {
      window.clearInterval(timer);
      waiting.delete(again);
    };
  }, []);
  return businessNow();
}
