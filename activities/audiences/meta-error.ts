// What Meta's Graph API says when it refuses, for audiences and conversions alike.
// https://developers.facebook.com/docs/graph-api/guides/error-handling
import { type PlatformAnswer, plainOutcome } from './call.ts';

interface GraphError {
  code?: unknown;
  error_subcode?: unknown;
  is_transient?: unknown;
}

type Refused = NonNullable<ReturnType<typeof plainOutcome>>;

/** Too many calls: of the app, the user, the account, or to this audience. */
const rateLimits = [4, 17, 32, 613, 80003, 80004];
const audienceBlocked = 1713230;

/** Null where the call was taken. */
export function metaRefusal(answer: PlatformAnswer): Refused | null {
  const { error } = answer.json as { error?: GraphError };
  const code = typeof error?.code === 'number' ? error.code : null;
  if (code === null) return plainOutcome(answer);
  const subcode = typeof error?.error_subcode === 'number' ? error.error_subcode : null;
  const said = subcode === null ? String(code) : `${code}/${subcode}`;
  if (rateLimits.includes(code)) return { kind: 'retry', code: said, afterMs: waitOf(answer.headers) };
  if (code === 1 || code === 2 || error?.is_transient === true) return { kind: 'retry', code: said };
  // The token, a permission, or an audience that Meta has flagged: somebody has to act in Meta's own pages.
  const isOurs = code === 190 || code === 10 || (code >= 200 && code < 300) || code === 368 || code === 803;
  if (isOurs || subcode === audienceBlocked || subcode === 33) return { kind: 'config_error', code: said };
  return { kind: 'rejected', code: said };
}

/** Minutes until calls are taken again, by any of the accounts that the header is about. */
function waitOf(headers: Headers): number | undefined {
  try {
    const usage = JSON.parse(headers.get('x-business-use-case-usage') ?? '{}') as { [account: string]: unknown };
    const minutes = Object.values(usage)
      .flat()
      .map((use) => Number((use as { estimated_time_to_regain_access?: unknown }).estimated_time_to_regain_access));
    const most = Math.max(0, ...minutes.filter(Number.isFinite));
    return most > 0 ? Math.min(most * 60_000, 86_400_000) : undefined;
  } catch {
    return undefined;
  }
}
