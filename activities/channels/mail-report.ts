// What comes back by mail: delivery status notifications (RFC 3464) and feedback reports (RFC 5965), read into reports on
// deliveries. Automatic replies and mails from people are none.
import PostalMime, { type Attachment, type Email } from 'postal-mime';
import type { HeardKind } from '../../engine/core/reasons.ts';
import { keyOfMessageId, keyOfReturnPath } from '../../engine/message-id.ts';
import { isAddressGone, saysUnknownUser } from './smtp-outcome.ts';

export interface MailReport {
  kind: HeardKind;
  source: 'bounce' | 'feedback_loop';
  /** The delivery's effect key; null where nothing in the mail names one of ours. */
  key: string | null;
  /** Who it is about, as the reporter says. */
  address: string | null;
  /** The status code (`5.1.1`), never the text. */
  code: string | null;
  /** When the mail says that it was written, milliseconds since the epoch. */
  at: number | null;
}

type Fields = Map<string, string>;

/** Reads one raw mail; empty where it is no report. Throws only on what is no mail at all. */
export async function readMailReport(raw: Uint8Array): Promise<MailReport[]> {
  const mail = await PostalMime.parse(raw, { forceRfc822Attachments: true, attachmentEncoding: 'arraybuffer' });
  const status = partOf(mail, 'message/delivery-status');
  if (status !== null) return bouncesIn(mail, status);
  const feedback = partOf(mail, 'message/feedback-report');
  return feedback === null ? [] : complaintIn(mail, feedback);
}

/** Of the first fields, which are about the message, `Original-Envelope-Id`; then one group a recipient (RFC 3464 §2). */
function bouncesIn(mail: Email, text: string): MailReport[] {
  const [message, ...recipients] = groupsOf(text);
  const envelopeId = message?.get('original-envelope-id');
  const key = keyBy(mail, envelopeId === undefined ? null : keyOfMessageId(`${envelopeId}@envelope`));
  return recipients.flatMap((fields) => {
    const kind = kindOf(fields);
    const address = addressIn(fields.get('original-recipient') ?? fields.get('final-recipient'));
    return kind === null
      ? []
      : [{ kind, source: 'bounce' as const, key, address, code: codeOf(fields), at: dateOf(mail) }];
  });
}

function kindOf(fields: Fields): HeardKind | null {
  switch (fields.get('action')?.toLowerCase()) {
    case 'failed':
      return isGone(fields) ? 'bounced' : 'returned';
    case 'delayed':
      return 'delayed';
    case 'delivered':
    case 'relayed':
    case 'expanded':
      return 'delivered';
    default:
      return null;
  }
}

/** A code that says nothing (`5.0.0`, none) leaves it to what the server is quoted with. */
function isGone(fields: Fields): boolean {
  const code = codeOf(fields);
  if (code !== null && !code.endsWith('.0.0')) return isAddressGone(code);
  const quoted = /^smtp;\s*(\d{3})[ -](.*)$/is.exec(fields.get('diagnostic-code') ?? '');
  return quoted !== null && saysUnknownUser(Number(quoted[1]), quoted[2]!);
}

/** What the refusing server said is nearer to the truth than what the reporting one made of it. */
function codeOf(fields: Fields): string | null {
  const quoted = /^smtp;\s*\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?!\S)/i.exec(fields.get('diagnostic-code') ?? '')?.[1];
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0];
  return quoted ?? status ?? null;
}

const unwanted = ['abuse', 'fraud', 'other', 'opt-out'];

/** `not-spam` takes a complaint back and `virus` is about a forgery: nobody is to be written to less for them. */
function complaintIn(mail: Email, text: string): MailReport[] {
  const [fields] = groupsOf(text);
  if (!fields || !unwanted.includes(fields.get('feedback-type')?.toLowerCase() ?? '')) return [];
  const key = keyBy(mail, keyOfReturnPath(fields.get('original-mail-from') ?? ''));
  const address = addressIn(fields.get('original-rcpt-to') ?? fields.get('removal-recipient'));
  return [{ kind: 'complained', source: 'feedback_loop', key, address, code: null, at: dateOf(mail) }];
}

/** The return path that the report came to, else what the report says, else the original's Message-ID. */
function keyBy(mail: Email, said: string | null): string | null {
  const reached = mail.headers
    .filter(({ key }) => receivedFor.includes(key))
    .map(({ value }) => keyOfReturnPath(value));
  return reached.find((key) => key !== null) ?? said ?? keyOfMessageId(originalIdIn(mail) ?? '');
}

const receivedFor = ['delivered-to', 'x-original-to', 'envelope-to', 'to'];

function originalIdIn(mail: Email): string | undefined {
  const original =
    partOf(mail, 'text/rfc822-headers') ?? partOf(mail, 'message/rfc822') ?? partOf(mail, 'message/rfc822-headers');
  const headers = original?.split(/\r?\n\r?\n/)[0]?.replace(/\r?\n[ \t]+/g, ' ');
  return /^message-id:\s*(<[^>]*>)/im.exec(headers ?? '')?.[1];
}

function partOf(mail: Email, type: string): string | null {
  const part = mail.attachments.find(({ mimeType }) => mimeType?.toLowerCase() === type);
  return part ? textOf(part) : null;
}

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}

/** Groups of fields with a blank line between them; folded lines are one, names are in small letters. */
function groupsOf(text: string): Fields[] {
  const blocks = text
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]+/g, ' ')
    .split(/\n\s*\n/);
  const groups = blocks.map((block) => {
    const pairs = block.split('\n').flatMap((line) => {
      const field = /^([\w-]+):\s*(.*)$/.exec(line);
      return field ? [[field[1]!.toLowerCase(), field[2]!.trim()] as const] : [];
    });
    return new Map(pairs);
  });
  return groups.filter((fields) => fields.size > 0);
}

/** `rfc822; hanako@example.com` or `<hanako@example.com>` → the address. */
function addressIn(field: string | undefined): string | null {
  const address = field
    ?.replace(/^[\w-]+\s*;\s*/, '')
    .replace(/^<|>$/g, '')
    .trim();
  return address && /^\S+@\S+$/.test(address) ? address : null;
}

function dateOf(mail: Email): number | null {
  const at = Date.parse(mail.date ?? '');
  return Number.isNaN(at) ? null : at;
}
