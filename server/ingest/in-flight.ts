// How much the front door takes on at once. Beyond it callers are asked to come back: an honest 503 loses nothing,
// a queue that grows without bound loses everything when the process dies.
import { CallerError } from '../errors.ts';

export interface InFlight {
  /**
   * Counts a call; throws `overloaded` when there is no room. A quarter of all calls is kept for the server's key, which a
   * flood from pages must not lock out. Call `release` once it is answered; twice does no harm.
   */
  enter(bytes: number, isServer: boolean): { release: () => void; grow: (bytes: number) => void };
}

export function createInFlight(most: { calls: number; bytes: number }): InFlight {
  let calls = 0;
  /** Of them, those without the server's key. */
  let others = 0;
  let bytes = 0;
  const mostOthers = Math.ceil(most.calls * 0.75);
  function add(more: number, another: number): void {
    if (calls + another > most.calls || bytes + more > most.bytes) throw full();
    calls += another;
    bytes += more;
  }
  return {
    enter(size, isServer) {
      if (!isServer && others >= mostOthers) throw full();
      add(size, 1);
      if (!isServer) others += 1;
      let held = size;
      let open = true;
      return {
        grow(more) {
          if (!open || more <= 0) return;
          add(more, 0);
          held += more;
        },
        release() {
          if (!open) return;
          open = false;
          calls -= 1;
          if (!isServer) others -= 1;
          bytes -= held;
        },
      };
    },
  };
}

function full(): CallerError {
  return new CallerError('overloaded', 'too much is coming in at once; send it again in a moment');
}
