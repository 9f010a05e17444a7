// A message's bytes behind its claim. They are read only once the server has said 354; that first read asks for the
// claim, and unless it is granted in time not one of them comes out.
import { Readable } from 'node:stream';

export type ClaimState =
  | 'unasked'
  | 'granted'
  | 'refused'
  /** `claim` threw. */
  | 'failed'
  /** Granted after `claimMs`, or with the connection already gone: too late to begin. */
  | 'too_late';

export interface ClaimedBody {
  stream: Readable;
  /** What became of the claim. Waits for an answer under way: before it, nobody knows whether the delivery is held. */
  claimState(): Promise<ClaimState>;
  isAsked(): boolean;
  /** Bytes of the message have left, or may have. */
  hasLeft(): boolean;
}

export interface ClaimedBodyOptions {
  bytes: Buffer;
  claim: () => Promise<boolean>;
  /** How long the claim may take, counted from when it is asked for. */
  claimMs: number;
  /** How long after asking the last byte may still leave: the lease. */
  leaseMs: number;
  /** Starts a stopwatch; the answer tells the milliseconds since. */
  stopwatch: () => () => number;
  onAsked: () => void;
  onGranted: () => void;
}

const chunkBytes = 65_536;

export function claimedBody(options: ClaimedBodyOptions): ClaimedBody {
  let isAsked = false;
  let answer: Promise<ClaimState> | null = null;
  let hasLeft = false;

  async function* bytes() {
    const elapsed = options.stopwatch();
    isAsked = true;
    options.onAsked();
    answer = askClaim(options.claim, () => elapsed() < options.claimMs && !stream.destroyed);
    const state = await answer;
    if (state !== 'granted') throw new Error(`not sent: claim ${state}`);
    options.onGranted();
    hasLeft = true;
    for (let start = 0; start < options.bytes.length; start += chunkBytes) {
      // A process stopped in mid-message must not finish it after its lease: by then somebody may have sent it again.
      if (elapsed() >= options.leaseMs) throw new Error('lease over');
      yield options.bytes.subarray(start, start + chunkBytes);
    }
  }
  const stream = Readable.from(bytes(), { objectMode: false });
  // Whoever reads it hears of its error; where nobody reads it any more, the error is of no interest.
  stream.on('error', () => {});

  return {
    stream,
    claimState: async () => answer ?? 'unasked',
    isAsked: () => isAsked,
    hasLeft: () => hasLeft,
  };
}

/** Asks, and never throws; an answer that is not in time is none. */
export async function askClaim(claim: () => Promise<boolean>, isInTime: () => boolean): Promise<ClaimState> {
  try {
    if (!(await claim())) return 'refused';
    return isInTime() ? 'granted' : 'too_late';
  } catch {
    return 'failed';
  }
}
