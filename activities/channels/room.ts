// Room for so many calls at once. Who waits for room can give up; leaving hands it to who has waited longest.

export interface Room {
  /** True once there is room; false, at once, when `signal` aborts first. Every true is followed by one `leave()`. */
  enter(signal: AbortSignal): Promise<boolean>;
  leave(): void;
}

export function createRoom(size: number): Room {
  let free = size;
  const waiting = new Set<() => void>();

  function wait(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (hasRoom: boolean) => {
        waiting.delete(admit);
        signal.removeEventListener('abort', giveUp);
        resolve(hasRoom);
      };
      const admit = () => settle(true);
      const giveUp = () => settle(false);
      waiting.add(admit);
      signal.addEventListener('abort', giveUp);
    });
  }

  return {
    async enter(signal) {
      if (signal.aborted) return false;
      if (free === 0) return wait(signal);
      free--;
      return true;
    },
    leave() {
      const [next] = waiting;
      if (next) next();
      else free++;
    },
  };
}
