// Stand-ins for the ad platforms, on a loopback port: they check what the real ones check, keep lists as sets, and refuse,
// stall or break off as they are told.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import type { GoogleAccount } from '../../activities/audiences/google-token.ts';

export interface Answer {
  status?: number;
  headers?: { [name: string]: string };
  body?: object | string;
}
/** What the next request meets instead of being looked at. */
export type Scripted = Answer | 'cut' | 'stall' | 'cut after taking';

export interface Receiver {
  url: string;
  script: Scripted[];
  /** Members of a list: each as the JSON of what it was told by. */
  members(list: string): string[];
  /** What was wrong with requests. */
  faults: string[];
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  close(): Promise<void>;
}

type Take = (request: Receiver['requests'][number], lists: Lists) => Answer | Promise<Answer>;
interface Lists {
  change(list: string, change: 'add' | 'remove', members: object[]): void;
  fault(what: string): void;
}

async function receiver(take: Take): Promise<Receiver> {
  const lists = new Map<string, Set<string>>();
  const held = new Set<ServerResponse>();
  const all: Lists = {
    change(list, change, members) {
      const own = lists.get(list) ?? new Set();
      lists.set(list, own);
      for (const one of members.map((member) => JSON.stringify(member)))
        if (change === 'add') own.add(one);
        else own.delete(one);
    },
    fault: (what) => void made.faults.push(what),
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const known = { method, path, headers, body: Buffer.concat(chunks).toString() };
    made.requests.push(known);
    const scripted = path === '/token' ? undefined : made.script.shift();
    if (scripted === 'cut') return void request.socket.destroy();
    if (scripted === 'stall') return void held.add(response);
    if (scripted && scripted !== 'cut after taking') return answer(response, scripted);
    const given = await take(known, all);
    if (scripted === 'cut after taking') return void request.socket.destroy();
    return answer(response, given);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ script: [], faults: [], requests: [] },
    members: (list) => [...(lists.get(list) ?? [])].toSorted(),
    async close() {
      for (const response of held) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}

function answer(response: ServerResponse, { status = 200, headers = {}, body = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const hex = /^[0-9a-f]{64}$/;
export const token = 'EAAB-token';
export const secret = 'app-secret';

/** Graph API: `/{version}/{audience}/users`. Rows that it cannot read are counted, and the others taken. */
export function metaReceiver(): Promise<Receiver> {
  return receiver(({ method, path, headers, body }, lists) => {
    const [, list] = /^\/v\d+\.0\/(\d+)\/users$/.exec(path) ?? [];
    if (!list) return graphError(404, 803);
    if (headers.authorization !== `Bearer ${token}`) return graphError(401, 190);
    const { payload, session, appsecret_proof: proof } = JSON.parse(body);
    if (proof !== createHmac('sha256', secret).update(token).digest('hex')) return graphError(400, 100);
    const isSession =
      Number.isSafeInteger(session?.session_id) && session.batch_seq === 1 && session.last_batch_flag === true;
    if (!isSession || session.estimated_num_total !== payload.data.length) lists.fault('session');
    if (payload.data.length > 10_000) return graphError(400, 100);
    const isRow = (row: unknown) =>
      Array.isArray(row) &&
      row.length === payload.schema.length &&
      row.every((value) => value === '' || hex.test(value)) &&
      row.some((value) => value !== '');
    const rows = (payload.data as string[][]).filter(isRow);
    lists.change(list, method === 'DELETE' ? 'remove' : 'add', rows);
    const invalid = payload.data.length - rows.length;
    return {
      body: {
        audience_id: list,
        session_id: String(session.session_id),
        num_received: payload.data.length,
        num_invalid_entries: invalid,
        invalid_entry_samples: {},
      },
    };
  });
}

export function graphError(status: number, code: number, more: object = {}, headers: Answer['headers'] = {}): Answer {
  const error = { message: 'about hanako@customer.example', type: 'OAuthException', code, fbtrace_id: 'x', ...more };
  return { status, headers, body: { error } };
}

let pair: ReturnType<typeof generateKeyPairSync> | null = null;

interface GoogleReceiver extends Receiver {
  account: GoogleAccount;
  /** The token in use is refused from now on. */
  revoke(): void;
}

/** The Data Manager API with its token endpoint; one member that it cannot read refuses the whole call. */
export async function googleReceiver(): Promise<GoogleReceiver> {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { publicKey, privateKey } = pair;
  let issued = 0;
  let valid = '';
  const taken = new Set<string>();
  const made: Receiver = await receiver(async ({ path, headers, body }, lists) => {
    if (path === '/token') {
      const form = new URLSearchParams(body);
      const { payload } = await jwtVerify(form.get('assertion')!, publicKey, {
        issuer: 'ads@shop.iam.example',
        audience: `${made.url}/token`,
      });
      if (payload.scope !== 'https://www.googleapis.com/auth/datamanager') return { status: 400 };
      valid = `at${++issued}`;
      return { body: { access_token: valid, expires_in: 3599, token_type: 'Bearer' } };
    }
    if (path.startsWith('/v1/requestStatus:retrieve?')) {
      if (headers.authorization !== `Bearer ${valid}`) return googleError(401, 'UNAUTHENTICATED');
      const known = taken.has(new URLSearchParams(path.split('?')[1]).get('requestId') ?? '');
      return known ? googleStatus('PROCESSING') : googleError(404, 'NOT_FOUND');
    }
    const [, verb] = /^\/v1\/audienceMembers:(ingest|remove)$/.exec(path) ?? [];
    if (!verb) return googleError(404, 'NOT_FOUND');
    if (headers.authorization !== `Bearer ${valid}`) return googleError(401, 'UNAUTHENTICATED');
    const said = JSON.parse(body);
    const [destination, ...others] = said.destinations;
    const { operatingAccount, productDestinationId: list } = destination;
    if (
      others.length > 0 ||
      operatingAccount.accountType !== 'GOOGLE_ADS' ||
      !/^\d{10}$/.test(operatingAccount.accountId)
    )
      return googleError(400, 'INVALID_ARGUMENT');
    if (said.encoding !== 'HEX' || said.audienceMembers.length > 10_000) return googleError(400, 'INVALID_ARGUMENT');
    const isConsented =
      said.consent?.adUserData === 'CONSENT_GRANTED' &&
      said.consent.adPersonalization === 'CONSENT_GRANTED' &&
      said.termsOfService?.customerMatchTermsOfServiceStatus === 'ACCEPTED';
    if (verb === 'ingest' ? !isConsented : said.consent || said.termsOfService) lists.fault('consent');
    const people = (said.audienceMembers as { userData: { userIdentifiers: object[] } }[]).map(
      ({ userData }) => userData.userIdentifiers,
    );
    if (!people.every(isGooglePerson)) return googleError(400, 'INVALID_ARGUMENT');
    lists.change(list, verb === 'ingest' ? 'add' : 'remove', people);
    const requestId = `req-${made.requests.length}`;
    taken.add(requestId);
    return { body: { requestId } };
  });
  const revoke = () => {
    valid = 'none';
  };
  const account: GoogleAccount = {
    ...{ client_email: 'ads@shop.iam.example', token_uri: `${made.url}/token` },
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  return Object.assign(made, { account, revoke });
}

/** What it says afterwards of a request of one destination; numbers of 64 bits are text. */
export function googleStatus(requestStatus: string, errors: { [reason: string]: number } = {}): Answer {
  const errorCounts = Object.entries(errors).map(([reason, count]) => ({
    ...{ reason, recordCount: String(count) },
  }));
  return { body: { requestStatusPerDestination: [{ requestStatus, errorInfo: { errorCounts } }] } };
}

function isGooglePerson(identifiers: object[]): boolean {
  const isOne = (one: { [name: string]: unknown }) => {
    const { emailAddress, phoneNumber, address } = one;
    const named = (address ?? {}) as { [name: string]: string };
    if (Object.keys(one).length !== 1) return false;
    if (address)
      return hex.test(named.givenName!) && hex.test(named.familyName!) && /^[A-Z]{2}$/.test(named.regionCode!);
    return hex.test(String(emailAddress ?? phoneNumber));
  };
  return identifiers.length > 0 && identifiers.length <= 10 && identifiers.every((one) => isOne({ ...one }));
}

export function googleError(code: number, status: string, quota?: string): Answer {
  const details = quota
    ? [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', metadata: { quota_limit: quota } }]
    : [];
  return { status: code, body: { error: { code, status, message: 'about hanako@customer.example', details } } };
}

/** The segment API: it answers 200 whatever it thinks. */
export function tiktokReceiver(): Promise<Receiver> {
  return receiver(({ path, method, headers, body }, lists) => {
    if (method !== 'POST' || path !== '/open_api/v1.3/segment/mapping/') return { status: 404, body: 'not found' };
    if (headers['access-token'] !== token) return tiktokError(40105);
    const said = JSON.parse(body);
    const isRow = (row: { id?: string; audience_ids?: string[] }[]) =>
      row.length === said.id_schema.length &&
      row.some(({ id }) => id) &&
      row.every(({ id, audience_ids: ids }) => id === undefined || (hex.test(id) && ids?.length === 1));
    const isWhole =
      /^\d{19}$/.test(said.advertiser_ids?.[0]) &&
      ['add', 'delete'].includes(said.action) &&
      said.batch_data.every(isRow);
    if (!isWhole || said.batch_data.length > 1000) return tiktokError(40002);
    const rows = said.batch_data as { id?: string; audience_ids?: string[] }[][];
    for (const row of rows) {
      const list = row.find(({ audience_ids: ids }) => ids)!.audience_ids![0]!;
      lists.change(list, said.action === 'add' ? 'add' : 'remove', [row.map(({ id }) => id ?? '')]);
    }
    return { body: { code: 0, message: 'OK', request_id: '20261122', data: {} } };
  });
}

export function tiktokError(code: number): Answer {
  return { body: { code, message: 'about hanako@customer.example', request_id: 'x', data: {} } };
}
