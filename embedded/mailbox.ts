// The local mailbox: a real SMTP server on loopback that accepts every mail and delivers none, for development.
// A mail is on the disk before it is accepted, so that no kill loses one that the sender counts as sent.

import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { decodeWords, type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream } from 'smtp-server';
import { arrivedAt, folderStore, type MailStore, memoryStore } from './mail-store.ts';
import { portRefused, requireFreePort } from './ports.ts';
import { reasonOf, StartError } from './start-error.ts';

export interface MailboxOptions {
  /** Absent: a free one. */
  port?: number;
  /** Absent: in memory. */
  folder?: string;
  /** How many mails are kept; the oldest go first. */
  limit?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Told when the server fails later on. */
  onFailure?: (error: StartError) => void;
}

/** A mail as `GET /mailbox/messages` gives it. `to` are the recipients of the envelope, which is who gets it. */
export interface MailMessage {
  id: string;
  to: string[];
  /** The From header, as in `Shop <hello@shop.example>`. */
  from: string;
  subject: string;
  /** By name in lower case, decoded; several of one name stand in an array. */
  headers: Record<string, string | string[]>;
  text: string;
  html: string;
  at: number;
}

export interface Mailbox {
  smtpUrl: string;
  /** Newest first; 500 unless told. */
  messages(limit?: number): Promise<MailMessage[]>;
  message(id: string): Promise<MailMessage | undefined>;
  stop(): Promise<void>;
}

const KEPT = 5000;
const SHOWN = 500;
const MAX_BYTES = 10_000_000;
const ENVELOPE = { from: 'x-envelope-from', to: 'x-envelope-to' };

/** Starts the mailbox. Refuses a taken port and a folder it cannot write to. */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const { port, folder, limit = KEPT, now = Date.now, onFailure } = options;
  if (port !== undefined) await requireFreePort(port, 'TABIJI_SMTP_PORT');
  const store = folder ? await openFolder(folder, limit) : memoryStore(limit);
  const server = smtpServer(store, now);
  const listening = await listen(server, port ?? 0);
  server.on('error', (error) =>
    onFailure?.(new StartError(`the local mailbox failed (${error.message}); start again`)),
  );
  return {
    smtpUrl: `smtp://127.0.0.1:${listening}`,
    messages: async (newest = SHOWN) => {
      const read = await Promise.all(
        store
          .ids()
          .slice(0, newest)
          .map((id) => readMail(store, id)),
      );
      return read.filter((message) => message !== undefined);
    },
    message: (id) => readMail(store, id),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function smtpServer(store: MailStore, now: () => number): SMTPServer {
  return new SMTPServer({
    banner: 'Tabiji local mailbox',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    closeTimeout: 2000,
    onData(stream, { envelope }, answer) {
      const recipients = envelope.rcptTo.map(({ address }) => address);
      accept(store, stream, envelope.mailFrom, recipients, now).then(
        (id) => answer(null, `Kept as ${id}`),
        (error) => answer(error),
      );
    },
  });
}

// The SMTP server's `size` refuses a mail that says its size; one that does not is counted here.
async function accept(
  store: MailStore,
  stream: SMTPServerDataStream,
  sender: SMTPServerAddress | false,
  recipients: string[],
  now: () => number,
): Promise<string> {
  const raw = await buffer(stream);
  if (stream.sizeExceeded) throw Object.assign(new Error(`larger than ${MAX_BYTES} bytes`), { responseCode: 552 });
  const envelope = [`${ENVELOPE.from}: ${sender ? sender.address : ''}`, `${ENVELOPE.to}: ${recipients.join(', ')}`];
  return store.add(Buffer.concat([Buffer.from(`${envelope.join('\r\n')}\r\n`), raw]), now());
}

async function readMail(store: MailStore, id: string): Promise<MailMessage | undefined> {
  const raw = await store.read(id);
  if (!raw) return undefined;
  const mail = await PostalMime.parse(raw);
  const headers = headersOf(mail);
  // Ours stand before whatever the sender wrote.
  const recipients = [headers[ENVELOPE.to] ?? ''].flat()[0]!;
  for (const name of Object.values(ENVELOPE)) delete headers[name];
  return {
    id,
    to: recipients.split(', ').filter(Boolean),
    from: addressLine(mail),
    subject: mail.subject ?? '',
    headers,
    text: (mail.text ?? '').replace(/\n$/, ''),
    html: (mail.html ?? '').replace(/\n$/, ''),
    at: arrivedAt(id),
  };
}

function headersOf(mail: Email): MailMessage['headers'] {
  const headers: MailMessage['headers'] = {};
  for (const { key, value } of mail.headers) {
    const text = decodeWords(value);
    const before = headers[key];
    headers[key] = before === undefined ? text : [before, text].flat();
  }
  return headers;
}

function addressLine({ from }: Email): string {
  if (!from?.address) return '';
  return from.name ? `${from.name} <${from.address}>` : from.address;
}

async function openFolder(folder: string, limit: number): Promise<MailStore> {
  try {
    return await folderStore(folder, limit);
  } catch (error) {
    throw new StartError(`the mailbox cannot use ${folder} (${reasonOf(error)}); set TABIJI_HOME to a folder of yours`);
  }
}

function listen(server: SMTPServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => reject(portRefused(port, 'TABIJI_SMTP_PORT', error.code));
    server.once('error', refused);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refused);
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}
