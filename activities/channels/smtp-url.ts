// SMTP_URL as connection options: smtp:// with STARTTLS where the server offers it, smtps:// with TLS from the start.
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

export interface SmtpServer {
  connection: SMTPConnectionOptions;
  auth: { user: string; pass: string } | null;
}

const explanation =
  'SMTP_URL must look like smtp://mail.shop.example:587 or smtps://user:password@mail.shop.example (encode special characters in the password, / as %2F)';

/**
 * `smtp[s]://[user:password@]host[:port][?name=mail.shop.example]`; `name` is what we greet the server with. Throws, naming
 * the expected form and never the value, which may hold a password.
 * With a password, smtp:// insists on STARTTLS, so that nobody on the way can talk us out of encryption; on loopback
 * nothing is encrypted.
 */
export function smtpServer(smtpUrl: string): SmtpServer {
  if (!URL.canParse(smtpUrl)) throw new Error(explanation);
  const url = new URL(smtpUrl);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!['smtp:', 'smtps:'].includes(url.protocol) || !host) throw new Error(explanation);
  const secure = url.protocol === 'smtps:';
  const auth = url.username ? { user: decode(url.username), pass: decode(url.password) } : null;
  const isLocal = isLoopback(host);
  return {
    connection: {
      host,
      port: url.port ? Number(url.port) : secure ? 465 : auth ? 587 : 25,
      secure,
      ignoreTLS: !secure && isLocal,
      requireTLS: !secure && !isLocal && auth !== null,
      name: url.searchParams.get('name') ?? undefined,
    },
    auth,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(explanation);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
