// One message as the bytes of a mail and its envelope. The same message gives the same bytes, whenever it is composed:
// receivers that compare Message-IDs or bodies then see a repeated attempt as the one mail it is.
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import type { Outbound, Outcome } from '../../engine/channel.ts';
import { isShort } from '../../engine/core/content.ts';
import { mailTag } from '../../engine/message-id.ts';
import { withTracking } from './email-links.ts';
import { type MailEnvironment, signedHeaders } from './mail-environment.ts';

/** Addresses by which a mail is counted; null for the key of no delivery of ours. */
export interface TrackingAddresses {
  own: string[];
  link(key: string, n: number): string | null;
  pixel(key: string): string | null;
}

export interface Mail {
  envelope: { from: string; to: string[]; size: number; dsn?: Notify };
  bytes: Buffer;
}

/** What a server that knows RFC 3461 is to tell of the mail later, and under which name. */
interface Notify {
  id: string;
  return: 'headers';
  notify: ('failure' | 'delay')[];
  recipient: string;
}

export type Composed = { ok: true; mail: Mail } | { ok: false; outcome: Outcome };

interface Mailbox {
  name: string;
  address: string;
}

const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

/**
 * Composes the mail. `from` is the channel's sender (`旅路商店 <hello@shop.example>`), used where the message has none;
 * `date` is milliseconds since the epoch. Refuses a sender or an unsubscribe address that is none (`config_error`, or
 * `message_rejected` where the message itself brought the sender, or is no mail) and an impossible recipient
 * (`recipient_gone`). With `dkim` it is signed; with `bounces` it comes back to a variant of that address which names the
 * delivery.
 */
export async function composeMail(
  message: Outbound,
  from: string,
  date: number,
  { dkim, bounces, tracking }: MailEnvironment & { tracking?: TrackingAddresses } = {},
): Promise<Composed> {
  const { rendered } = message;
  if (isShort(rendered)) return refuse('message_rejected', 'not_a_mail');
  const sender = mailbox(rendered.from ?? from);
  if (!sender) return refuse(rendered.from === null ? 'config_error' : 'message_rejected', 'invalid_from');
  if (!isAddress(message.to)) return refuse('recipient_gone', 'invalid_address');
  const unsubscribe = unsubscribeHeaders(message.unsubscribeUrl);
  if (!unsubscribe) return refuse('config_error', 'invalid_unsubscribe_url');

  const id = createHash('sha256').update(message.key).digest('hex').slice(0, 40);
  const built = await composer.sendMail({
    from: sender,
    to: { name: '', address: message.to },
    subject: oneLine(rendered.subject),
    text: rendered.text || undefined,
    html: tracked(message, rendered.html, tracking) || undefined,
    messageId: `<${mailTag(message.key) ?? id}@${domainOf(sender.address)}>`,
    date: new Date(date),
    baseBoundary: id,
    ...(dkim && { dkim: { ...dkim, headerFieldNames: signedHeaders } }),
    headers: { ...unsubscribe, ...languageHeader(rendered.locale) },
    // A template must never make the worker read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const bytes = built.message as Buffer;
  const way = returnWay(message, bounces) ?? { from: sender.address };
  return { ok: true, mail: { envelope: { ...way, to: built.envelope.to, size: bytes.length }, bytes } };
}

/** What is stored is the mail as it was rendered; what is counted is the mail as it leaves. */
function tracked({ key, tracking }: Outbound, html: string, addresses: TrackingAddresses | undefined): string {
  if (!addresses || !tracking || html === '') return html;
  const pixel = tracking.opens ? addresses.pixel(key) : null;
  const isLinked = tracking.clicks && addresses.link(key, 0) !== null;
  return withTracking(html, {
    own: addresses.own,
    site: tracking.site,
    ...(pixel !== null && { pixel }),
    ...(isLinked && { link: (n: number) => addresses.link(key, n)! }),
  });
}

/** Variable envelope return path: whatever comes back names its delivery in the address that it comes back to. */
function returnWay({ key, to }: Outbound, bounces: string | undefined): Pick<Mail['envelope'], 'from' | 'dsn'> | null {
  const tag = mailTag(key);
  if (bounces === undefined || tag === null) return null;
  const at = bounces.lastIndexOf('@');
  const dsn: Notify = { id: tag, return: 'headers', notify: ['failure', 'delay'], recipient: to };
  return { from: `${bounces.slice(0, at)}+${tag}${bounces.slice(at)}`, dsn };
}

function refuse(kind: 'config_error' | 'message_rejected' | 'recipient_gone', code: string): Composed {
  return { ok: false, outcome: { kind, code } };
}

/** `Name <a@b>` or `a@b` as one mailbox; null for anything else: a list, a group, a line break, no address. */
function mailbox(text: string): Mailbox | null {
  if (hasControl(text)) return null;
  const [only, ...others] = addressparser(text);
  if (!only || others.length > 0 || only.group || !isAddress(only.address)) return null;
  return { name: only.name, address: only.address };
}

/**
 * Whether mail could go to this address at all. Deliberately mild: `a..b@docomo.ne.jp` and `a.@…`, against RFC 5321 but
 * given out by Japanese carriers for years, are addresses (the composer quotes them).
 */
function isAddress(text: string): boolean {
  if (text.length > 254 || hasControl(text)) return false;
  const parts = /^("[^"\\]+"|[^\s"<>@,;:()[\]\\]{1,64})@([^\s"<>@,;:()[\]\\]+)$/.exec(text);
  return parts !== null && hostOf(parts[2]!) !== null;
}

/** The domain in its ASCII form; null when it cannot be a host's name. */
function hostOf(domain: string): string | null {
  try {
    const host = new URL(`http://${domain}`).hostname;
    return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host) ? host : null;
  } catch {
    return null;
  }
}

function domainOf(address: string): string {
  return hostOf(address.slice(address.lastIndexOf('@') + 1)) ?? 'localhost';
}

/**
 * RFC 8058: one List-Unsubscribe with one address, and the Post header that allows one click. Receivers take https only;
 * http is for a development server on loopback. `{}` for no address, null for one that is none.
 */
function unsubscribeHeaders(url: string | null): { [name: string]: { prepared: true; value: string } } | null {
  if (url === null) return {};
  if (!URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  return {
    // `prepared`: not folded. Folding would leave the header's first line empty, which some receivers misread.
    'List-Unsubscribe': { prepared: true, value: `<${href}>` },
    'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
  };
}

function languageHeader(locale: string): { [name: string]: string } {
  return /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(locale) ? { 'Content-Language': locale } : {};
}

// A line break, in whatever form, would begin another header.
const controls = /[\p{Cc}\u2028\u2029]+/gu;

function oneLine(text: string): string {
  return text.replace(controls, ' ').trim();
}

function hasControl(text: string): boolean {
  return text.search(controls) >= 0;
}
