// One push message to one app, through Firebase Cloud Messaging, HTTP v1.
// https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
import { importPKCS8, SignJWT } from 'jose';
import type { Outbound, Outcome } from '../../engine/channel.ts';
import type { ShortMessage } from '../../engine/core/content.ts';
import type { PushSubscription } from '../../engine/ports.ts';
import type { Attempt } from './attempts.ts';
import { freeTicket } from './claim-ticket.ts';
import { callHttp, type HttpAnswer, type HttpResult } from './http-call.ts';
import { jsonObjectOf, outcomeOf, plainOutcome } from './http-outcome.ts';
import { topicOf } from './webpush.ts';

export interface Fcm {
  account: ServiceAccount;
  /** `https://fcm.googleapis.com`, but for tests. */
  baseUrl?: string;
}

/** The JSON file that Google gives for a service account, as far as it is needed. */
export interface ServiceAccount {
  project_id: string;
  client_email: string;
  /** PKCS #8, PEM. */
  private_key: string;
  token_uri: string;
}

export type SendFcm = (
  device: PushSubscription,
  message: Outbound & { rendered: ShortMessage },
  attempt: Attempt,
  ttlSeconds: number,
) => Promise<Outcome>;

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
const fcmError = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
/** FCM takes 4096 bytes of notification and data. */
const mostBytes = 4_096;
const quotaMs = 60_000;

/** Reads `FCM_SERVICE_ACCOUNT`. Throws, naming the variable and no value, where it is no service account. */
export function serviceAccountOf(text: string): ServiceAccount {
  try {
    const { project_id, client_email, private_key, token_uri } = JSON.parse(text) as Partial<ServiceAccount>;
    const account = { project_id, client_email, private_key, token_uri };
    if (Object.values(account).every((value) => typeof value === 'string' && value !== '') && URL.canParse(token_uri!))
      return account as ServiceAccount;
  } catch {
    // Said below; the text holds a private key.
  }
  throw new Error(
    'FCM_SERVICE_ACCOUNT must hold the JSON of a service account, with project_id, client_email, private_key and token_uri',
  );
}

export function fcmSender({ account, baseUrl = 'https://fcm.googleapis.com' }: Fcm): SendFcm {
  const url = `${baseUrl}/v1/projects/${encodeURIComponent(account.project_id)}/messages:send`;
  const tokens = accessTokens(account);

  return async (device, message, attempt, ttlSeconds) => {
    const body = JSON.stringify({ message: fcmMessage(device.endpoint, message, ttlSeconds) });
    if (Buffer.byteLength(body) > mostBytes + device.endpoint.length)
      return { kind: 'message_rejected', code: 'too_large' };
    const call = async (isSecond: boolean): Promise<HttpResult> => {
      const token = await tokens.get(attempt);
      if (typeof token !== 'string') return { kind: 'not_sent', outcome: token };
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const result = await callHttp({ ...attempt, url, headers, body, reach: 'anywhere' });
      if (isSecond || result.kind !== 'answered' || result.status !== 401) return result;
      // The token was revoked before its time. A 401 has sent nothing, so the same claim is good for a second call.
      tokens.forget(token);
      return call(true);
    };
    return outcomeOf(await call(false), judge);
  };
}

function fcmMessage(token: string, { key, rendered, unsubscribeUrl }: Parameters<SendFcm>[1], ttlSeconds: number) {
  const { title, body, url, image, answers = [] } = rendered;
  const isUrgent = unsubscribeUrl === null;
  const data = {
    ...(url !== null && { url }),
    ...(answers.length > 0 && { answers: JSON.stringify(answers) }),
  };
  return {
    token,
    notification: { title, body, ...(image !== null && { image }) },
    data,
    android: { priority: isUrgent ? 'HIGH' : 'NORMAL', ttl: `${ttlSeconds}s`, collapse_key: topicOf(key) },
    apns: { headers: { 'apns-priority': isUrgent ? '10' : '5', 'apns-collapse-id': topicOf(key) } },
  };
}

function judge(answer: HttpAnswer): Outcome {
  if (answer.status === 200) {
    const { name } = jsonObjectOf(answer);
    return { kind: 'accepted', code: '200', ...(typeof name === 'string' && { providerId: name }) };
  }
  const { code, isToken } = errorOf(answer);
  switch (code) {
    case 'UNREGISTERED':
    // The token belongs to another project: for this one it will never be any good.
    case 'SENDER_ID_MISMATCH':
      return { kind: 'recipient_gone', code };
    case 'INVALID_ARGUMENT':
      return { kind: isToken ? 'recipient_gone' : 'message_rejected', code };
    case 'THIRD_PARTY_AUTH_ERROR':
      return { kind: 'config_error', code };
    default: {
      const plain = plainOutcome(answer) ?? { kind: 'config_error', code: String(answer.status) };
      if (plain.kind === 'retry' && answer.status === 429) return { afterMs: quotaMs, ...plain };
      return plain;
    }
  }
}

/** The error's code. An INVALID_ARGUMENT is about the token where FCM says so itself, else about our message. */
function errorOf(answer: HttpAnswer): { code: string | null; isToken: boolean } {
  const { error } = jsonObjectOf(answer) as { error?: { status?: unknown; details?: unknown } };
  const details = Array.isArray(error?.details) ? (error.details as ({ [name: string]: unknown } | null)[]) : [];
  const own = details.find((detail) => detail?.['@type'] === fcmError);
  const code = own?.errorCode ?? error?.status;
  const isAboutFields = details.some((detail) => detail !== null && Array.isArray(detail.fieldViolations));
  return { code: typeof code === 'string' ? code : null, isToken: own !== undefined && !isAboutFields };
}

/** OAuth 2 access tokens by the JWT bearer grant (RFC 7523); one is asked for at a time and used until a minute before its end. */
function accessTokens(account: ServiceAccount) {
  let held: { token: string; until: number } | null = null;
  let asking: Promise<string | Outcome> | null = null;

  async function ask({ signal, connectMs }: Attempt): Promise<string | Outcome> {
    const now = Date.now();
    let assertion: string;
    try {
      const key = await importPKCS8(account.private_key, 'RS256');
      const claims = new SignJWT({ scope }).setIssuer(account.client_email).setAudience(account.token_uri);
      const hour = Math.floor(now / 1000) + 3600;
      assertion = await claims
        .setIssuedAt()
        .setExpirationTime(hour)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
        .sign(key);
    } catch {
      return { kind: 'config_error', code: 'bad_private_key' };
    }
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    const answer = await callHttp({
      ...{ url: account.token_uri, reach: 'anywhere', signal, connectMs, ticket: freeTicket(connectMs) },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(grant).toString(),
    });
    if (answer.kind !== 'answered') return { kind: 'retry', code: 'no_access_token' };
    const { access_token, expires_in } = jsonObjectOf(answer);
    if (answer.status !== 200 || typeof access_token !== 'string')
      return answer.status >= 500 || answer.status === 429
        ? { kind: 'retry', code: 'no_access_token' }
        : { kind: 'config_error', code: 'no_access_token' };
    held = { token: access_token, until: now + (Number(expires_in) || 60) * 1000 - 60_000 };
    return access_token;
  }

  return {
    async get(attempt: Attempt): Promise<string | Outcome> {
      if (held && held.until > Date.now()) return held.token;
      asking ??= ask(attempt).finally(() => {
        asking = null;
      });
      return asking;
    },
    forget(token: string): void {
      if (held?.token === token) held = null;
    },
  };
}
