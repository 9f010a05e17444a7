// The ad platforms that the environment has credentials for. What stands in no file stands in no backup of one.
import type { AudiencePlatform } from '../../engine/audience-platform.ts';
import type { ConversionPlatform } from '../../engine/conversion-sync.ts';
import { googleAudiences } from './google.ts';
import { googleAccountOf } from './google-token.ts';
import { metaAudiences } from './meta.ts';
import { metaConversions } from './meta-conversions.ts';
import { tiktokAudiences } from './tiktok.ts';

export interface AdPlatforms {
  audiences: AudiencePlatform[];
  conversions: ConversionPlatform[];
}

/** Throws, naming the variable and no value, where one is set and cannot be used. */
export function adPlatformsOf(env: { [name: string]: string | undefined }): AdPlatforms {
  const { META_ACCESS_TOKEN, META_APP_SECRET, META_GRAPH_URL } = env;
  const { GOOGLE_ADS_SERVICE_ACCOUNT, GOOGLE_ADS_LOGIN_ACCOUNT, GOOGLE_ADS_URL } = env;
  const { TIKTOK_ACCESS_TOKEN, TIKTOK_URL } = env;
  const platforms: AdPlatforms = { audiences: [], conversions: [] };
  if (META_ACCESS_TOKEN) {
    const meta = {
      accessToken: META_ACCESS_TOKEN,
      appSecret: META_APP_SECRET || undefined,
      baseUrl: META_GRAPH_URL || undefined,
    };
    platforms.audiences.push(metaAudiences(meta));
    platforms.conversions.push(metaConversions(meta));
  }
  if (GOOGLE_ADS_SERVICE_ACCOUNT)
    platforms.audiences.push(
      googleAudiences({
        account: googleAccountOf('GOOGLE_ADS_SERVICE_ACCOUNT', GOOGLE_ADS_SERVICE_ACCOUNT),
        loginAccount: GOOGLE_ADS_LOGIN_ACCOUNT || undefined,
        baseUrl: GOOGLE_ADS_URL || undefined,
      }),
    );
  if (TIKTOK_ACCESS_TOKEN)
    platforms.audiences.push(tiktokAudiences({ accessToken: TIKTOK_ACCESS_TOKEN, baseUrl: TIKTOK_URL || undefined }));
  return platforms;
}
