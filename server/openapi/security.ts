// How callers show who they are: our keys, a session, and the ways of the systems that call hooks.
import { access, type Capability, type Principal } from '../access.ts';

const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description });
const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description });

const byPrincipal: { [principal in Principal]: object } = {
  server: bearer('TABIJI_WRITE_KEY, of the shop’s servers. Also as the user name of Basic authentication.'),
  browser: bearer(
    'TABIJI_BROWSER_KEY, which stands in the shop’s pages. Also as the user name of Basic authentication.',
  ),
  support: bearer('TABIJI_SUPPORT_TOKEN.'),
  marketer: bearer('TABIJI_MARKETER_TOKEN.'),
  admin: bearer('TABIJI_ADMIN_TOKEN.'),
};
const own = {
  chat: bearer('The token that POST /chat/sessions gave; good for one browser.'),
  line: header('x-line-signature', 'Base64 of HMAC-SHA256 over the body, with LINE_CHANNEL_SECRET.'),
  shopify: header('x-shopify-hmac-sha256', 'Base64 of HMAC-SHA256 over the body, with SHOPIFY_WEBHOOK_SECRET.'),
  woocommerce: header(
    'x-wc-webhook-signature',
    'Base64 of HMAC-SHA256 over the body, with WOOCOMMERCE_WEBHOOK_SECRET.',
  ),
  ecwid: header(
    'x-ecwid-webhook-signature',
    'Base64 of HMAC-SHA256 over `{eventCreated}.{eventId}`, with ECWID_CLIENT_SECRET. The rest is not signed, so it is looked up at Ecwid.',
  ),
  chatwoot: header(
    'x-chatwoot-signature',
    '`sha256=` and the hex of HMAC-SHA256 over `{x-chatwoot-timestamp}.{body}`, with CHATWOOT_WEBHOOK_SECRET; not older than five minutes.',
  ),
  bounces: bearer(
    'TABIJI_BOUNCES_SECRET; or sign the body as Standard Webhooks say (`webhook-id`, `webhook-timestamp`, `webhook-signature`).',
  ),
};
export type OwnScheme = keyof typeof own;

const session = {
  type: 'apiKey',
  in: 'cookie',
  name: 'tabiji_session',
  description: 'Of a browser that signed in with POST /session; what changes something sends x-csrf-token, too.',
};

export const securitySchemes = { ...byPrincipal, session, ...own };

/** Any one of these will do; empty: nobody has to show anything. */
export function securityOf(needs: Capability, shows: OwnScheme | undefined): { [scheme: string]: [] }[] {
  if (shows) return [{ [shows]: [] }];
  const holders: readonly Principal[] = access[needs];
  const signsIn = holders.some((holder) => holder !== 'browser') && needs !== 'send_events';
  return [...holders, ...(signsIn ? ['session'] : [])].map((scheme) => ({ [scheme]: [] }));
}
