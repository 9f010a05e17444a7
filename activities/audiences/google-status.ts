// What the Data Manager API says afterwards of a request that it took: its answer to the request itself means only that
// it was read. https://developers.google.com/data-manager/api/reference/rest/v1/requestStatus/retrieve
import type { AudienceCheck } from '../../engine/audience-platform.ts';

interface Status {
  requestStatus?: unknown;
  errorInfo?: { errorCounts?: unknown };
}

/** Of the body of `requestStatus:retrieve`. What it does not say, or says in words that are not known, is `working`. */
export function checkOf(body: { [name: string]: unknown }): AudienceCheck {
  const { requestStatusPerDestination: all } = body;
  // Each of our requests has one destination.
  const { requestStatus, errorInfo } = ((Array.isArray(all) ? all[0] : undefined) ?? {}) as Status;
  const errors = countsOf(errorInfo?.errorCounts);
  const code = errors[0]?.code ?? null;
  const refused = errors.reduce((sum, one) => sum + one.count, 0);
  switch (requestStatus) {
    case 'SUCCESS':
      return { kind: 'done', refused, code };
    case 'PARTIAL_SUCCESS':
      return { kind: 'done', refused: Math.max(1, refused), code: code ?? 'PARTIAL_SUCCESS' };
    case 'FAILED':
    case 'FAILURE':
      return { kind: 'failed', code: code ?? 'FAILED' };
    default:
      return { kind: 'working' };
  }
}

/** The most frequent first. Numbers of 64 bits come as text. */
function countsOf(counts: unknown): { code: string; count: number }[] {
  const all = (Array.isArray(counts) ? counts : []) as ({ reason?: unknown; recordCount?: unknown } | null)[];
  return all
    .map((one) => ({ code: codeOf(one?.reason), count: Math.max(0, Math.trunc(Number(one?.recordCount)) || 0) }))
    .toSorted((a, b) => b.count - a.count);
}

function codeOf(reason: unknown): string {
  const known = /^(?:PROCESSING_ERROR_REASON_)?([A-Z0-9_]{1,80})$/.exec(typeof reason === 'string' ? reason : '');
  return known?.[1] ?? 'UNSPECIFIED';
}
