// What people do with what they are sent: they read their mail, press the links in it, and speak in the chat. All of it
// over HTTP, as their mail program and browser would.
import type { MailMessage } from '../mailbox.ts';
import type { Person } from './cast.ts';
import { browserOf } from './storefront.ts';

export interface ReaderOptions {
  url: string;
  browserKey: string;
  /** Of `POST /hooks/bounces`: mail servers report with it. */
  bouncesSecret: string;
}

export type Reader = ReturnType<typeof openReader>;

export function openReader({ url, browserKey, bouncesSecret }: ReaderOptions) {
  const newest = async (person: Person, wanted: (mail: MailMessage) => boolean): Promise<MailMessage> => {
    const mails = await json<MailMessage[]>(`${url}/mailbox/messages`);
    const mail = mails.find((one) => one.to.includes(person.email) && wanted(one));
    if (mail) return mail;
    throw new Error(`${person.id} has no such mail; what there is: ${mails.map(({ subject }) => subject).join(', ')}`);
  };
  const report = async (mail: MailMessage, what: object) => {
    const body = { ...what, message_id: String(mail.headers['message-id']) };
    const { reports } = await json<{ reports: { status: string }[] }>(`${url}/hooks/bounces`, bouncesSecret, body);
    if (reports[0]?.status !== 'done') throw new Error(`a report on mail was not taken: ${JSON.stringify(reports)}`);
  };
  const chat = async (person: Person) => {
    const opened = { anonymousId: browserOf(person.id) };
    return (await json<{ token: string }>(`${url}/chat/sessions`, browserKey, opened)).token;
  };

  return {
    /** One click on the mail program's own button (RFC 8058). */
    async unsubscribe(person: Person) {
      const mail = await newest(person, ({ headers }) => headers['list-unsubscribe'] !== undefined);
      const link = /<(http[^>]+)>/.exec(String(mail.headers['list-unsubscribe']))![1]!;
      await press(link, { 'List-Unsubscribe': 'One-Click' });
    },
    /** The button of the page that the link in the mail leads to. */
    confirm: async (person: Person) => press(linkIn(await newest(person, hasLink('/u/')), '/u/'), {}),
    /** The newest mail that asks something is answered with this. */
    async answer(person: Person, answer: string) {
      const link = linkIn(await newest(person, hasLink('/a/')), '/a/');
      const page = await fetch(link).then((shown) => shown.text());
      const id = /name="id" value="([^"]*)"/.exec(page)?.[1] ?? '';
      await press(link, { id, answer });
    },
    /** The mail server says that there is no such address. */
    bounce: async (person: Person) => report(await newest(person, () => true), { type: 'bounce', code: '5.1.1' }),
    /** "This is spam", as the mail provider hands it back. */
    complain: async (person: Person) => report(await newest(person, () => true), { type: 'complained' }),
    async say(person: Person, text: string) {
      const message = { id: `said-${person.id}-${text.length}`, text, locale: person.traits.locale };
      await json(`${url}/chat/messages`, await chat(person), message);
    },
    /** Picks an answer of the question that stands in the chat. */
    async pick(person: Person, answer: string) {
      const token = await chat(person);
      const key = await questionIn(`${url}/chat/messages`, token);
      await json(`${url}/chat/answers`, token, { key, answer });
    },
  };
}

const hasLink = (path: string) => (mail: MailMessage) => mail.html.includes(`${path}`) && linkIn(mail, path) !== '';

function linkIn({ html }: MailMessage, path: string): string {
  const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'));
  return links.find((link) => link.includes(path)) ?? '';
}

async function press(link: string, fields: Record<string, string>): Promise<void> {
  const answer = await fetch(link, { method: 'POST', body: new URLSearchParams(fields) });
  if (!answer.ok) throw new Error(`a link in a mail answered ${answer.status}`);
}

/** The key of the newest message of the chat that asks something. */
async function questionIn(url: string, token: string): Promise<string> {
  const stop = AbortSignal.timeout(10_000);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: stop });
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const asked = [...text.matchAll(/^data: (.*"answers".*)$/gm)].at(-1);
    if (asked) return (JSON.parse(asked[1]!) as { key: string }).key;
  }
  throw new Error('nothing was asked in the chat');
}

/** GET, or POST where there is a body. Rejects what is no success, with what was said. */
export async function json<T>(url: string, key?: string, body?: object): Promise<T> {
  const answer = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { authorization: `Bearer ${key}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${new URL(url).pathname} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
