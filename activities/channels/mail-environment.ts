// What the environment says about the mails' way: the key that signs them (RFC 6376), and where they come back to.
import { createPrivateKey } from 'node:crypto';

export interface DkimKey {
  domainName: string;
  keySelector: string;
  /** PEM. */
  privateKey: string;
}

export interface MailEnvironment {
  dkim?: DkimKey;
  /** An address whose `+` variants reach one mailbox: `bounces@mail.shop.example`. */
  bounces?: string;
}

const names = ['TABIJI_DKIM_DOMAIN', 'TABIJI_DKIM_SELECTOR', 'TABIJI_DKIM_KEY'] as const;

/**
 * RFC 8058 §4 wants both unsubscribe headers signed; the library's own list leaves the second one out. Headers that a mail
 * has not are not named in its signature.
 */
export const signedHeaders = [
  ...['from', 'reply-to', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'],
  ...['content-transfer-encoding', 'content-language', 'list-unsubscribe', 'list-unsubscribe-post'],
].join(':');

/** Throws one error that says what is missing or wrong, and never a value. */
export function readMailEnvironment(env: NodeJS.ProcessEnv): MailEnvironment {
  const dkim = readDkim(env);
  const bounces = env.TABIJI_BOUNCES;
  // 64 characters before the @ (RFC 5321 §4.5.3.1.1), of which a delivery's name takes up to 47.
  if (bounces !== undefined && !/^[^\s@+<>"]{1,15}@[a-z0-9.-]+$/i.test(bounces))
    throw new Error(
      'TABIJI_BOUNCES is no address such as bounces@mail.shop.example, with at most 15 characters and no + before the @',
    );
  return { ...(dkim && { dkim }), ...(bounces !== undefined && { bounces }) };
}

function readDkim(env: NodeJS.ProcessEnv): DkimKey | undefined {
  const missing = names.filter((name) => !env[name]);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) throw new Error(`mails cannot be signed: ${missing.join(' and ')} must be set, too`);
  const [domainName, keySelector, text] = names.map((name) => env[name]!);
  const privateKey = pemOf(text!);
  if (!isRsa(privateKey))
    throw new Error(
      'TABIJI_DKIM_KEY is no RSA key of at least 1024 bits: give the PEM text, its line breaks as \\n if need be, as openssl genrsa 2048 writes it',
    );
  return { domainName: domainName!, keySelector: keySelector!, privateKey };
}

/** Many a tool that sets variables knows no line breaks. */
function pemOf(text: string): string {
  return text.replaceAll('\\n', '\n').trim();
}

/** RFC 8301: shorter keys are not verified. */
function isRsa(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 1024;
  } catch {
    return false;
  }
}
