// The calls of Chatwoot's API that a hand-off needs. Chatwoot knows no repeat of a call, so for everything that is created
// there is a way to look it up by an id of ours.
// https://developers.chatwoot.com/api-reference
import { z } from 'zod';
import type { ChatwootSettings } from './settings.ts';

/** What is told there, by an id of ours. */
export interface NewMessage {
  /** Stands in Chatwoot as the message's `source_id`. */
  sourceId: string;
  content: string;
  /** True: agents read it as a note; false: the customer says it. */
  isNote: boolean;
}

export interface ThereMessage {
  id: number;
  isOutgoing: boolean;
  isPrivate: boolean;
  sourceId: string | null;
  content: string | null;
}

export interface ChatwootApi {
  findContact(identifier: string): Promise<number | null>;
  createContact(identifier: string, name: string): Promise<number>;
  /** With all that was said in its conversations; one that is gone is as good. */
  deleteContact(id: number): Promise<void>;
  findConversation(contactId: number, ours: string): Promise<number | null>;
  createConversation(contactId: number, ours: string): Promise<number>;
  /** At most a hundred above `after`, oldest first. */
  messages(conversation: number, after: number): Promise<ThereMessage[]>;
  createMessage(conversation: number, message: NewMessage): Promise<number>;
  status(conversation: number): Promise<string>;
  resolve(conversation: number): Promise<void>;
}

/** The call was not answered as it should be; `code` is a status or an error's name, never what was said. */
export class ChatwootFailure extends Error {
  override readonly name = 'ChatwootFailure';
  readonly code: string;

  constructor(code: string) {
    super(`Chatwoot did not do it (${code})`);
    this.code = code;
  }
}

/** Where our id of a conversation stands among Chatwoot's custom attributes. */
const attribute = 'tabiji_conversation';
const mostBytes = 2_000_000;
const id = z.number().int().positive();
const contacts = z.object({ payload: z.array(z.object({ id, identifier: z.string().nullish() })) });
const newContact = z.object({ payload: z.object({ contact: z.object({ id }) }) });
const conversations = z.object({
  payload: z.array(z.object({ id, custom_attributes: z.record(z.string(), z.unknown()).nullish() })),
});
const created = z.object({ id });
const messageList = z.object({
  payload: z.array(
    z.object({
      id,
      message_type: z.union([z.number(), z.string()]),
      private: z.boolean().nullish(),
      source_id: z.string().nullish(),
      content: z.string().nullish(),
    }),
  ),
});

export function createChatwootApi(settings: ChatwootSettings, timeoutMs = 10_000): ChatwootApi {
  const { url, token, account, inbox } = settings;
  const headers = { 'content-type': 'application/json', accept: 'application/json', api_access_token: token };

  async function call<T>(method: string, path: string, shape: z.ZodType<T>, body?: object): Promise<T> {
    try {
      const answer = await fetch(`${url}/api/v1/accounts/${account}${path}`, {
        ...{ method, headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await readText(answer);
      if (!answer.ok) throw new ChatwootFailure(String(answer.status));
      return shape.parse(text === '' ? null : JSON.parse(text));
    } catch (error) {
      if (error instanceof ChatwootFailure) throw error;
      throw new ChatwootFailure(error instanceof Error ? error.name : 'error');
    }
  }

  return {
    async findContact(identifier) {
      const { payload } = await call('GET', `/contacts/search?q=${encodeURIComponent(identifier)}`, contacts);
      return payload.find((one) => one.identifier === identifier)?.id ?? null;
    },
    async createContact(identifier, name) {
      return (await call('POST', '/contacts', newContact, { identifier, name })).payload.contact.id;
    },
    async deleteContact(contactId) {
      await call('DELETE', `/contacts/${contactId}`, z.unknown()).catch((error: ChatwootFailure) => {
        if (error.code !== '404') throw error;
      });
    },
    async findConversation(contactId, ours) {
      const { payload } = await call('GET', `/contacts/${contactId}/conversations`, conversations);
      return payload.find((one) => one.custom_attributes?.[attribute] === ours)?.id ?? null;
    },
    async createConversation(contactId, ours) {
      const place = { source_id: ours, inbox_id: inbox, contact_id: contactId };
      const body = { ...place, status: 'open', custom_attributes: { [attribute]: ours } };
      return (await call('POST', '/conversations', created, body)).id;
    },
    async messages(conversation, after) {
      const path = `/conversations/${conversation}/messages?after=${after}`;
      const { payload } = await call('GET', path, messageList);
      return payload.map(thereMessage).sort((one, other) => one.id - other.id);
    },
    async createMessage(conversation, { sourceId, content, isNote }) {
      const kind = isNote ? { message_type: 'outgoing', private: true } : { message_type: 'incoming', private: false };
      const body = { content, ...kind, content_type: 'text', source_id: sourceId };
      return (await call('POST', `/conversations/${conversation}/messages`, created, body)).id;
    },
    async status(conversation) {
      return (await call('GET', `/conversations/${conversation}`, z.object({ status: z.string() }))).status;
    },
    async resolve(conversation) {
      await call('POST', `/conversations/${conversation}/toggle_status`, z.unknown(), { status: 'resolved' });
    },
  };
}

function thereMessage(one: z.infer<typeof messageList>['payload'][number]): ThereMessage {
  return {
    id: one.id,
    // The API says the number, webhooks say the word.
    isOutgoing: one.message_type === 1 || one.message_type === 'outgoing',
    isPrivate: one.private === true,
    sourceId: one.source_id ?? null,
    content: one.content ?? null,
  };
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new ChatwootFailure('too_long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
