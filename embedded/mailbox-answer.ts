// The mailbox over HTTP, free of any server: a path in, an answer out.
// Whoever mounts it decides that it is reachable in development only: it shows everybody's mail.
import { PAGE_POLICY } from './html-page.ts';
import type { Mailbox } from './mailbox.ts';
import { mailboxPage, messagePage, noMessagePage } from './mailbox-page.ts';

export interface MailboxAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const SHOWN = 200;
const PREFIX = '/mailbox/messages/';

/**
 * Answers `GET /mailbox` (a page), `/mailbox/messages` (JSON, newest first, `?limit=`) and `/mailbox/messages/:id`
 * (a page, or JSON when `accept` asks for it). `url` is path and query; anything else is undefined.
 */
export async function answerMailbox(mailbox: Mailbox, url: string, accept = ''): Promise<MailboxAnswer | undefined> {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname === '/mailbox') {
    const shown = page(200, mailboxPage(await mailbox.messages(SHOWN)));
    // It runs no code that could follow: it comes again by itself.
    return { ...shown, headers: { ...shown.headers, refresh: '5' } };
  }
  if (pathname === '/mailbox/messages') {
    const limit = Number.parseInt(searchParams.get('limit') ?? '', 10);
    return json(200, await mailbox.messages(limit > 0 ? limit : undefined));
  }
  if (!pathname.startsWith(PREFIX)) return undefined;
  const mail = await mailbox.message(pathname.slice(PREFIX.length));
  if (wantsJson(accept)) return mail ? json(200, mail) : json(404, NO_MAIL);
  return mail ? page(200, messagePage(mail)) : page(404, noMessagePage());
}

const NO_MAIL = { error: 'not_found', message: 'No such mail; GET /mailbox/messages lists those that are there.' };

function wantsJson(accept: string): boolean {
  return accept.includes('application/json') && !accept.includes('text/html');
}

function page(status: number, body: string): MailboxAnswer {
  return answer(status, 'text/html; charset=utf-8', body);
}

function json(status: number, value: unknown): MailboxAnswer {
  return answer(status, 'application/json; charset=utf-8', JSON.stringify(value));
}

function answer(status: number, type: string, body: string): MailboxAnswer {
  const headers = {
    'content-type': type,
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  return { status, headers, body };
}
