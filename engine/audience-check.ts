// Asks the ad platforms what became of the calls that they took and work on afterwards. What a platform did not carry out
// after all is told again; what it could not use of a call is written down.
import { pauseAfter } from './ad-calls.ts';
import type { AudienceCheck, AudiencePlatform } from './audience-platform.ts';
import type { Round } from './audience-sync.ts';

/** A call that was accepted and is to be asked about; nobody else does until the lease is over. */
export interface WorkingRequest {
  id: string;
  requestId: string;
  /** Real time. */
  toldAt: number;
}

/** What is written of a request. `lost`: the platform never said. */
export type RequestState =
  | { state: 'working'; checkAt: number }
  | { state: 'done' | 'partly'; refused: number; code: string | null }
  | { state: 'failed' | 'lost'; code: string; againAt: number };

export interface RequestLedger {
  /** Takes what is to be asked about by now, oldest first. */
  takeRequests(platform: string, leaseMs: number): Promise<WorkingRequest[]>;
  /** `failed` and `lost`: what was said in it is to be told again, from `againAt` on. */
  settleRequest(id: string, state: RequestState): Promise<void>;
}

export interface CheckPorts {
  ledger: RequestLedger;
  /** Real time. */
  real(): number;
  /** Called between every two steps; tests crash here. */
  between(point: string): Promise<void> | void;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Google asks for half an hour before the first question: https://developers.google.com/data-manager/api/devguides/diagnostics */
export const firstCheckMs = hourMs / 2;

/** Asks one platform about what is due. Throws only where the ledger cannot be reached. */
export async function checkPlatform(ports: CheckPorts, platform: AudiencePlatform): Promise<Round> {
  const round: Round = { taken: 0, calls: 0, pause: null };
  if (!platform.check) return round;
  // One that was not reached within the lease is asked about again, by whoever comes: asking changes nothing.
  const requests = await ports.ledger.takeRequests(platform.name, 10 * platform.longestCallMs);
  for (const { id, requestId, toldAt } of requests) {
    const found = await platform.check(requestId);
    await ports.between('audiences: asked');
    await ports.ledger.settleRequest(id, stateOf(found, toldAt, ports.real()));
    round.taken += 1;
    round.calls += 1;
    round.pause = found.kind === 'retry' || found.kind === 'config_error' ? pauseAfter(found) : null;
    if (round.pause) break;
  }
  return round;
}

function stateOf(found: AudienceCheck, toldAt: number, real: number): RequestState {
  switch (found.kind) {
    case 'done':
      return { state: found.refused > 0 ? 'partly' : 'done', refused: found.refused, code: found.code };
    case 'failed':
      return { state: 'failed', code: found.code, againAt: real + hourMs };
    default:
      // The lists are sets: telling once more what may have been done changes nothing.
      if (real - toldAt > dayMs) return { state: 'lost', code: 'no_status', againAt: real };
      return { state: 'working', checkAt: real + (found.kind === 'working' ? hourMs : firstCheckMs) };
  }
}
