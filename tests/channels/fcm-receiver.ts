// Firebase Cloud Messaging with its token endpoint: checks the service account's JWT, the access token and the message.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { ServiceAccount } from '../../activities/channels/fcm.ts';
import { type Answer, type HttpReceiver, httpReceiver, type Received } from './http-receiver.ts';

export interface FcmReceiver extends HttpReceiver {
  account: ServiceAccount;
  /** `message` of each request that was taken, as JSON. */
  taken: string[];
  /** Access tokens given out. */
  tokens: string[];
  /** No access token given out so far is good any more. */
  revoke(): void;
}

let pair: { publicKey: KeyObject; privateKey: KeyObject } | null = null;

export async function fcmReceiver(): Promise<FcmReceiver> {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { publicKey, privateKey } = pair;
  const taken: string[] = [];
  const tokens: string[] = [];
  let valid = new Set<string>();

  async function grant({ body }: Received): Promise<Answer> {
    const form = new URLSearchParams(body.toString());
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return { status: 400 };
    const { payload } = await jwtVerify(form.get('assertion')!, publicKey, {
      issuer: 'push@shop.iam.example',
      audience: `${receiver.url}/token`,
    });
    if (payload.scope !== 'https://www.googleapis.com/auth/firebase.messaging') return { status: 400 };
    const token = `at${tokens.length + 1}`;
    tokens.push(token);
    valid.add(token);
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
  }

  function take(request: Received): Answer | Promise<Answer> {
    if (request.path === '/token') return grant(request);
    if (request.path !== '/v1/projects/shop-1/messages:send') return { status: 404 };
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!valid.has(token ?? '')) return error(401, 'UNAUTHENTICATED');
    const { message } = JSON.parse(request.body.toString());
    const strings = Object.values(message.data).every((value) => typeof value === 'string');
    if (!message.token || !strings) return fieldError();
    taken.push(JSON.stringify(message));
    return { status: 200, body: { name: `projects/shop-1/messages/${taken.length}` } };
  }

  const refusals = {
    'refuses for now': error(503, 'UNAVAILABLE'),
    'says the recipient is gone': fcmError(404, 'UNREGISTERED'),
    'rejects our credentials': error(401, 'UNAUTHENTICATED'),
  };
  const receiver = await httpReceiver({ take, refusals }, (path) => path !== '/token');
  const account: ServiceAccount = {
    ...{ project_id: 'shop-1', client_email: 'push@shop.iam.example', token_uri: `${receiver.url}/token` },
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  return { ...receiver, account, taken, tokens, revoke: () => (valid = new Set()) };
}

export function error(code: number, status: string, details: object[] = []): Answer {
  return { status: code, body: { error: { code, status, message: 'for hanako@customer.example', details } } };
}

export function fcmError(code: number, errorCode: string): Answer {
  const detail = { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode };
  return error(code, 'INVALID_ARGUMENT', [detail]);
}

export function fieldError(): Answer {
  const detail = { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'message.data' }] };
  return error(400, 'INVALID_ARGUMENT', [detail]);
}
