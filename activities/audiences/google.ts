// Google customer lists, through the Data Manager API.
// https://developers.google.com/data-manager/api/reference/rest/v1/audienceMembers
import type {
  AudienceCall,
  AudienceCheck,
  AudienceOutcome,
  AudiencePlatform,
  Identifiers,
} from '../../engine/audience-platform.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import { callPlatform, type PlatformAnswer, type PlatformCall, plainOutcome } from './call.ts';
import { checkOf } from './google-status.ts';
import { type GoogleAccount, googleTokens } from './google-token.ts';
import { emailOf, hashOf, nameOf, phoneOf, textOf } from './identity.ts';

export interface GoogleOptions {
  account: GoogleAccount;
  /** The manager account that the service account signs in with, where it is another than the advertiser's. */
  loginAccount?: string | undefined;
  /** `https://datamanager.googleapis.com`, but for tests. */
  baseUrl?: string | undefined;
  longestCallMs?: number | undefined;
}

const scope = 'https://www.googleapis.com/auth/datamanager';
const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Google's own providers take dots and a `+suffix` for nothing. */
const dotless = ['gmail.com', 'googlemail.com'];

type Asked = PlatformAnswer | Extract<AudienceOutcome, { kind: 'config_error' | 'retry' }>;

export function googleAudiences(options: GoogleOptions): AudiencePlatform {
  const { baseUrl = 'https://datamanager.googleapis.com', longestCallMs = 60_000 } = options;
  // Half of the time for a token, half for the call; asked twice at most.
  const timeoutMs = longestCallMs / 4;
  const tokens = googleTokens(options.account, scope, timeoutMs);

  /** With a token; once more with a new one where it is refused before its time. */
  async function ask(call: Pick<PlatformCall, 'method' | 'body'>, path: string, isSecond = false): Promise<Asked> {
    const token = await tokens.get();
    if (typeof token !== 'string') return token;
    const headers = { authorization: `Bearer ${token}` };
    const answer = await callPlatform({ ...call, url: `${baseUrl}/v1/${path}`, headers, timeoutMs });
    if ('kind' in answer || answer.status !== 401 || isSecond) return answer;
    tokens.forget(token);
    return ask(call, path, true);
  }

  async function tell(call: AudienceCall): Promise<AudienceOutcome> {
    const verb = call.change === 'add' ? 'ingest' : 'remove';
    const answer = await ask({ method: 'POST', body: bodyOf(call, options.loginAccount) }, `audienceMembers:${verb}`);
    if ('kind' in answer) return answer;
    const { requestId } = answer.json;
    const accepted = { kind: 'accepted', invalid: 0 } as const;
    return refusalOf(answer) ?? { ...accepted, requestId: typeof requestId === 'string' ? requestId : undefined };
  }

  async function check(requestId: string): Promise<AudienceCheck> {
    const answer = await ask({ method: 'GET' }, `requestStatus:retrieve?requestId=${encodeURIComponent(requestId)}`);
    if ('kind' in answer) return answer;
    const refusal = refusalOf(answer);
    if (!refusal) return checkOf(answer.json);
    // What it does not know is told again once it has had its day.
    return refusal.kind === 'rejected' || refusal.code === 'NOT_FOUND' ? { kind: 'working' } : refusal;
  }

  return {
    name: 'google',
    most: 10_000,
    longestCallMs,
    identify: identifyForGoogle,
    tell,
    check,
  };
}

/**
 * Addresses of Google's own lose their dots and `+suffix`; numbers keep their `+`. A name counts only with country and
 * postal code, which are not hashed.
 */
export function identifyForGoogle(traits: JsonMap, country: string | undefined): Identifiers | null {
  const email = emailOf(traits);
  const phone = phoneOf(traits, country);
  if (!email && !phone) return null;
  const local = email && dotless.includes(email.domain) ? email.local.split('+')[0]!.replaceAll('.', '') : email?.local;
  return {
    ...(email && local && { emailAddress: hashOf(`${local}@${email.domain}`) }),
    ...(phone && { phoneNumber: hashOf(phone) }),
    ...addressOf(traits),
  };
}

function addressOf(traits: JsonMap): Identifiers {
  const [first, last] = [nameOf(traits, 'first_name'), nameOf(traits, 'last_name')];
  const [region, postalCode] = [textOf(traits, 'country')?.toUpperCase(), textOf(traits, 'postal_code')];
  if (!first || !last || !postalCode || !/^[A-Z]{2}$/.test(region ?? '')) return {};
  return { givenName: hashOf(first), familyName: hashOf(last), regionCode: region!, postalCode };
}

function bodyOf({ change, list, account, members }: AudienceCall, loginAccount: string | undefined) {
  const accountOf = (accountId: string) => ({ accountType: 'GOOGLE_ADS', accountId });
  const isAdding = change === 'add';
  return {
    destinations: [
      {
        operatingAccount: accountOf(account ?? ''),
        ...(loginAccount && { loginAccount: accountOf(loginAccount) }),
        productDestinationId: list,
      },
    ],
    audienceMembers: members.map((member) => ({ userData: { userIdentifiers: identifiersOf(member) } })),
    encoding: 'HEX',
    // Nobody is added without their consent to ads (journey-format: audience).
    ...(isAdding && { consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' } }),
    ...(isAdding && { termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' } }),
  };
}

function identifiersOf({ emailAddress, phoneNumber, ...address }: Identifiers) {
  return [
    ...(emailAddress ? [{ emailAddress }] : []),
    ...(phoneNumber ? [{ phoneNumber }] : []),
    ...(Object.keys(address).length > 0 ? [{ address }] : []),
  ];
}

interface GoogleError {
  status?: unknown;
  details?: { metadata?: { quota_limit?: unknown } }[];
}

function refusalOf(answer: PlatformAnswer): Exclude<AudienceOutcome, { kind: 'accepted' }> | null {
  const plain = plainOutcome(answer);
  if (!plain) return null;
  const { status, details } = (answer.json.error ?? {}) as GoogleError;
  const code = typeof status === 'string' && /^[A-Z_]{1,40}$/.test(status) ? status : plain.code;
  if (plain.kind !== 'retry' || answer.status !== 429) return { ...plain, code };
  // The day's quota does not come back within the minute.
  const quotas = (Array.isArray(details) ? details : []).map((detail) => String(detail?.metadata?.quota_limit ?? ''));
  const isDay = quotas.some((quota) => /PerDay/i.test(quota));
  return { ...plain, code, afterMs: plain.afterMs ?? (isDay ? hourMs : minuteMs) };
}
