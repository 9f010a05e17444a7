// The ad platforms that the environment has credentials for. What stands in no file stands in no backup of one.
import type { AudiencePlatform } from '../../engine/audience-platform.ts';
import { googleAudiences } from './google.ts';
import { googleAccountOf } from './google-token.ts';
import { metaAudiences } from './meta.ts';
import { tiktokAudiences } from './tiktok.ts';

/** Throws, naming the variable and no value, where one is set and cannot be used. */
export function adPlatformsOf(env: { [name: string]: string | undefined }): AudiencePlatform[] {
  const { META_ACCESS_TOKEN, META_APP_SECRET, META_GRAPH_URL } = env;
  const { GOOGLE_ADS_SERVICE_ACCOUNT, GOOGLE_ADS_LOGIN_ACCOUNT, GOOGLE_ADS_URL } = env;
  const { TIKTOK_ACCESS_TOKEN, TIKTOK_URL } = env;
  const platforms: AudiencePlatform[] = [];
  if (META_ACCESS_TOKEN)
    platforms.push(
      metaAudiences({
        accessToken: META_ACCESS_TOKEN,
        appSecret: META_APP_SECRET || undefined,
        baseUrl: META_GRAPH_URL,
      }),
    );
  if (GOOGLE_ADS_SERVICE_ACCOUNT)
    platforms.push(
      googleAudiences({
        account: googleAccountOf('GOOGLE_ADS_SERVICE_ACCOUNT', GOOGLE_ADS_SERVICE_ACCOUNT),
        loginAccount: GOOGLE_ADS_LOGIN_ACCOUNT,
        baseUrl: GOOGLE_ADS_URL,
      }),
    );
  if (TIKTOK_ACCESS_TOKEN) platforms.push(tiktokAudiences({ accessToken: TIKTOK_ACCESS_TOKEN, baseUrl: TIKTOK_URL }));
  return platforms;
}
