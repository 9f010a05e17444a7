// Meta custom audiences: one person a row, matched by any of its hashes.
// https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users
import { createHmac, randomInt } from 'node:crypto';
import type { AudiencePlatform, Identifiers } from '../../engine/audience-platform.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import { callPlatform } from './call.ts';
import { emailOf, hashOf, nameOf, phoneOf } from './identity.ts';
import { metaRefusal } from './meta-error.ts';

export interface MetaOptions {
  /** A system user's. */
  accessToken: string;
  /** With it each call proves that the token is in its owner's hands. */
  appSecret?: string | undefined;
  /** `https://graph.facebook.com`, but for tests. */
  baseUrl?: string | undefined;
  longestCallMs?: number | undefined;
}

const version = 'v25.0';
/** The columns of `data`, in their order. */
const schema = ['EMAIL', 'PHONE', 'FN', 'LN'] as const;

export function metaAudiences(options: MetaOptions): AudiencePlatform {
  const { longestCallMs = 60_000 } = options;
  return {
    name: 'meta',
    most: 10_000,
    longestCallMs,
    identify: identifyForMeta,
    async tell({ list, change, members }) {
      const answer = await callPlatform({
        method: change === 'add' ? 'POST' : 'DELETE',
        url: `${metaUrl(options)}/${list}/users`,
        headers: metaHeaders(options),
        body: { ...proofOf(options), ...sessionOf(members.length), payload: { schema, data: members.map(rowOf) } },
        timeoutMs: longestCallMs,
      });
      if ('kind' in answer) return answer;
      const refusal = metaRefusal(answer);
      if (refusal) return refusal;
      const { num_invalid_entries: invalid, session_id: session } = answer.json;
      const requestId = session === undefined ? undefined : String(session);
      return { kind: 'accepted', requestId, invalid: Number(invalid) || 0 };
    },
  };
}

/** Lower case, nothing else removed from the address; digits alone of the number; names without punctuation. */
export function identifyForMeta(traits: JsonMap, country: string | undefined): Identifiers | null {
  const email = emailOf(traits);
  const phone = phoneOf(traits, country);
  if (!email && !phone) return null;
  const name = (text: string | null) => text?.replace(/[\p{P}\p{S}]/gu, '').trim() || null;
  const [first, last] = [name(nameOf(traits, 'first_name')), name(nameOf(traits, 'last_name'))];
  return {
    ...(email && { EMAIL: hashOf(`${email.local}@${email.domain}`) }),
    ...(phone && { PHONE: hashOf(phone.slice(1)) }),
    ...(first && { FN: hashOf(first) }),
    ...(last && { LN: hashOf(last) }),
  };
}

export function metaUrl({ baseUrl = 'https://graph.facebook.com' }: MetaOptions): string {
  return `${baseUrl}/${version}`;
}

export function metaHeaders({ accessToken }: MetaOptions): { authorization: string } {
  return { authorization: `Bearer ${accessToken}` };
}

/** https://developers.facebook.com/docs/graph-api/guides/secure-requests */
export function proofOf({ accessToken, appSecret }: MetaOptions): { appsecret_proof?: string } {
  if (appSecret === undefined) return {};
  return { appsecret_proof: createHmac('sha256', appSecret).update(accessToken).digest('hex') };
}

/** A call is a session of its own: what comes before and after it is another day's. */
function sessionOf(members: number) {
  const session_id = randomInt(1, 2 ** 47);
  return { session: { session_id, batch_seq: 1, last_batch_flag: true, estimated_num_total: members } };
}

/** What is not known is left blank. */
function rowOf(member: Identifiers): string[] {
  return schema.map((column) => member[column] ?? '');
}
