// TikTok custom audiences, through the streaming segment API. It answers 200 whatever happened: what counts is `code`.
// https://business-api.tiktok.com/portal/docs?id=1739566528222210
import type { AudienceOutcome, AudiencePlatform, Identifiers } from '../../engine/audience-platform.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import { callPlatform, type PlatformAnswer, plainOutcome } from './call.ts';
import { emailOf, hashOf, phoneOf } from './identity.ts';

export interface TikTokOptions {
  accessToken: string;
  /** `https://business-api.tiktok.com`, but for tests. */
  baseUrl?: string | undefined;
  longestCallMs?: number | undefined;
}

/** The columns of a row of `batch_data`, in their order. */
const schema = ['EMAIL_SHA256', 'PHONE_SHA256'] as const;
const rateLimit = 40100;
/** The token is wrong, over or without the permission. */
const ours = [40001, 40101, 40102, 40104, 40105, 40110];

export function tiktokAudiences(options: TikTokOptions): AudiencePlatform {
  const { baseUrl = 'https://business-api.tiktok.com', longestCallMs = 60_000, accessToken } = options;
  return {
    name: 'tiktok',
    most: 1_000,
    longestCallMs,
    identify: identifyForTikTok,
    async tell({ list, account, change, members }) {
      const row = (member: Identifiers) =>
        schema.map((column) => (member[column] ? { id: member[column], audience_ids: [list] } : {}));
      const answer = await callPlatform({
        method: 'POST',
        url: `${baseUrl}/open_api/v1.3/segment/mapping/`,
        headers: { 'access-token': accessToken },
        body: {
          advertiser_ids: [account],
          action: change === 'add' ? 'add' : 'delete',
          id_schema: schema,
          batch_data: members.map(row),
        },
        timeoutMs: longestCallMs,
      });
      return 'kind' in answer ? answer : outcomeOf(answer);
    },
  };
}

/** The address loses its `+suffix`, of whatever provider; of the number the digits alone. */
export function identifyForTikTok(traits: JsonMap, country: string | undefined): Identifiers | null {
  const email = emailOf(traits);
  const local = email?.local.split('+')[0];
  const phone = phoneOf(traits, country);
  if (!local && !phone) return null;
  return {
    ...(email && local && { EMAIL_SHA256: hashOf(`${local}@${email.domain}`) }),
    ...(phone && { PHONE_SHA256: hashOf(phone.slice(1)) }),
  };
}

function outcomeOf(answer: PlatformAnswer): AudienceOutcome {
  const { code, request_id: id } = answer.json;
  if (code === 0) return { kind: 'accepted', requestId: typeof id === 'string' ? id : undefined, invalid: 0 };
  // Without a code it is not TikTok that has answered.
  if (typeof code !== 'number') return plainOutcome(answer) ?? { kind: 'retry', code: 'no_answer' };
  const said = String(code);
  if (code === rateLimit || code >= 50000) return { kind: 'retry', code: said };
  return { kind: ours.includes(code) ? 'config_error' : 'rejected', code: said };
}
