// Access tokens of a Google service account, by the JWT bearer grant (RFC 7523). One is asked for at a time, and used until
// a minute before its end.
import { importPKCS8, SignJWT } from 'jose';
import type { AudienceOutcome } from '../../engine/audience-platform.ts';

/** The JSON file that Google gives for a service account, as far as it is needed. */
export interface GoogleAccount {
  client_email: string;
  /** PKCS #8, PEM. */
  private_key: string;
  token_uri: string;
}

export interface GoogleTokens {
  get(): Promise<string | Extract<AudienceOutcome, { kind: 'config_error' | 'retry' }>>;
  /** This one was refused before its time. */
  forget(token: string): void;
}

/** Throws, naming the variable and no value, where the text is no service account. */
export function googleAccountOf(variable: string, text: string): GoogleAccount {
  try {
    const { client_email, private_key, token_uri } = JSON.parse(text) as Partial<GoogleAccount>;
    const account = { client_email, private_key, token_uri };
    if (Object.values(account).every((value) => typeof value === 'string') && URL.canParse(token_uri!))
      return account as GoogleAccount;
  } catch {
    // Said below; the text holds a private key.
  }
  throw new Error(`${variable} must hold the JSON of a service account, with client_email, private_key and token_uri`);
}

export function googleTokens(account: GoogleAccount, scope: string, timeoutMs: number): GoogleTokens {
  let held: { token: string; until: number } | null = null;
  let asking: ReturnType<GoogleTokens['get']> | null = null;

  async function ask(): ReturnType<GoogleTokens['get']> {
    const askedAt = Date.now();
    try {
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await assertionOf(account, scope),
      });
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(account.token_uri, { method: 'POST', body, redirect: 'manual', signal });
      const { access_token, expires_in } = (await response.json()) as { access_token?: unknown; expires_in?: unknown };
      if (response.status >= 500 || response.status === 429) return { kind: 'retry', code: 'no_access_token' };
      if (response.status !== 200 || typeof access_token !== 'string')
        return { kind: 'config_error', code: 'no_access_token' };
      held = { token: access_token, until: askedAt + (Number(expires_in) || 60) * 1000 - 60_000 };
      return access_token;
    } catch (error) {
      if (error instanceof BadKey) return { kind: 'config_error', code: 'bad_private_key' };
      return { kind: 'retry', code: 'no_access_token' };
    }
  }

  return {
    async get() {
      if (held && held.until > Date.now()) return held.token;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
    forget(token) {
      if (held?.token === token) held = null;
    },
  };
}

class BadKey extends Error {}

async function assertionOf({ client_email, private_key, token_uri }: GoogleAccount, scope: string): Promise<string> {
  try {
    const key = await importPKCS8(private_key, 'RS256');
    const claims = new SignJWT({ scope }).setIssuer(client_email).setAudience(token_uri).setIssuedAt();
    return await claims.setExpirationTime('1h').setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key);
  } catch {
    throw new BadKey('the private key cannot be read');
  }
}
