// What the shop systems share with us, from the environment; each is optional, and without it its webhooks are not taken.
import { createEcwidApi, type EcwidApi } from './ecwid-api.ts';

export interface ShopKeys {
  /** The app's client secret. */
  shopify?: { secret: string };
  woocommerce?: { secret: string };
  /** Without the `api`, what Ecwid tells cannot be looked up: it waits in quarantine. */
  ecwid?: { secret: string; storeId: string | undefined; api: EcwidApi | null };
}

export function readShopKeys(env: NodeJS.ProcessEnv): ShopKeys {
  const { SHOPIFY_WEBHOOK_SECRET: shopify, WOOCOMMERCE_WEBHOOK_SECRET: woocommerce, ECWID_CLIENT_SECRET: ecwid } = env;
  const { ECWID_STORE_ID: storeId, ECWID_ACCESS_TOKEN: accessToken, ECWID_API_URL: url } = env;
  const api = storeId && accessToken ? createEcwidApi({ storeId, accessToken, url: url || undefined }) : null;
  return {
    ...(shopify && { shopify: { secret: shopify } }),
    ...(woocommerce && { woocommerce: { secret: woocommerce } }),
    ...(ecwid && { ecwid: { secret: ecwid, storeId: storeId || undefined, api } }),
  };
}
