// Chatwoot as far as a hand-off goes: its token, accounts and inboxes, contacts that are unique by identifier, conversations,
// messages that are never unique, and webhooks, signed, for everything that happens there.
import { createHmac } from 'node:crypto';
import type { ChatwootSettings } from '../../server/chatwoot/settings.ts';
import { type Answer, type HttpReceiver, httpReceiver, type Received } from '../channels/http-receiver.ts';

export const chatwoot = { token: 'an agent of Chatwoot', account: 3, inbox: 7, secret: 'the secret of a webhook' };

interface Contact {
  id: number;
  identifier: string;
  name: string;
}
interface Conversation {
  id: number;
  contactId: number;
  sourceId: string;
  status: string;
  custom: { [name: string]: unknown };
}
interface Message {
  id: number;
  conversation: number;
  content: string;
  type: 'incoming' | 'outgoing';
  isPrivate: boolean;
  sourceId: string | null;
}
export interface Hook {
  body: string;
  headers: { [name: string]: string };
}

export interface ChatwootReceiver extends HttpReceiver {
  settings: ChatwootSettings;
  contacts: Contact[];
  conversations: Conversation[];
  messages: Message[];
  /** Webhooks that were made, in order; signed at the moment of `now`. */
  hooks: Hook[];
  /** An agent writes; what the webhook says of it. */
  reply(content: string, more?: { isPrivate?: boolean }): Hook;
  resolve(): Hook;
}

export async function chatwootReceiver(now: () => number): Promise<ChatwootReceiver> {
  let ids = 100;
  const contacts: Contact[] = [];
  const conversations: Conversation[] = [];
  const messages: Message[] = [];
  const hooks: Hook[] = [];

  function take({ method, path, headers, body }: Received): Answer {
    if (headers.api_access_token !== chatwoot.token) return refusals['rejects our credentials'];
    const { pathname, searchParams } = new URL(path, 'http://chatwoot');
    const root = `/api/v1/accounts/${chatwoot.account}`;
    if (!pathname.startsWith(`${root}/`)) return { status: 404, body: { error: 'Resource could not be found' } };
    const given = body.length > 0 ? JSON.parse(body.toString()) : {};
    const [, noun, id, part] = pathname.slice(root.length).split('/');
    const call = `${method} ${noun}${id === undefined ? '' : id === 'search' ? '/search' : '/:id'}${part ? `/${part}` : ''}`;
    switch (call) {
      case 'GET contacts/search':
        return {
          status: 200,
          body: { payload: contacts.filter(({ identifier }) => identifier.includes(searchParams.get('q')!)) },
        };
      case 'POST contacts':
        return createContact(given);
      case 'DELETE contacts/:id':
        return deleteContact(Number(id));
      case 'GET contacts/:id/conversations':
        return {
          status: 200,
          body: { payload: conversations.filter((one) => one.contactId === Number(id)).map(shown) },
        };
      case 'POST conversations':
        return createConversation(given);
    }
    const conversation = conversations.find((one) => one.id === Number(id));
    if (!conversation) return { status: 404, body: { error: 'Resource could not be found' } };
    switch (call) {
      case 'GET conversations/:id':
        return { status: 200, body: shown(conversation) };
      case 'GET conversations/:id/messages':
        return {
          status: 200,
          body: { meta: {}, payload: listed(conversation.id, Number(searchParams.get('after') ?? 0)) },
        };
      case 'POST conversations/:id/messages':
        return createMessage(conversation, given);
      case 'POST conversations/:id/toggle_status':
        setStatus(conversation, given.status);
        return { status: 200, body: { payload: { success: true, current_status: conversation.status } } };
    }
    return { status: 404, body: { error: call } };
  }

  function createContact({ identifier, name }: Contact): Answer {
    if (contacts.some((one) => one.identifier === identifier))
      return { status: 422, body: { message: 'Identifier has already been taken', attributes: ['identifier'] } };
    const contact = { id: ++ids, identifier, name };
    contacts.push(contact);
    return { status: 200, body: { payload: { contact, contact_inbox: { inbox: null, source_id: null } } } };
  }

  function deleteContact(id: number): Answer {
    const index = contacts.findIndex((one) => one.id === id);
    if (index < 0) return { status: 404, body: { error: 'Resource could not be found' } };
    contacts.splice(index, 1);
    for (const one of conversations.filter(({ contactId }) => contactId === id)) {
      messages.splice(0, messages.length, ...messages.filter(({ conversation }) => conversation !== one.id));
      conversations.splice(conversations.indexOf(one), 1);
    }
    return { status: 200 };
  }

  // Neither Chatwoot nor we check that there is one already: its inboxes take several of one contact.
  function createConversation(given: { [name: string]: unknown }): Answer {
    if (given.inbox_id !== chatwoot.inbox || !contacts.some(({ id }) => id === given.contact_id))
      return { status: 404, body: { error: 'Resource could not be found' } };
    const custom = (given.custom_attributes ?? {}) as Conversation['custom'];
    const place = { contactId: Number(given.contact_id), sourceId: String(given.source_id) };
    const conversation = { id: ++ids, ...place, status: String(given.status ?? 'open'), custom };
    conversations.push(conversation);
    return { status: 200, body: shown(conversation) };
  }

  function createMessage(conversation: Conversation, given: { [name: string]: unknown }): Answer {
    const { content, message_type: type = 'outgoing', private: isPrivate = false, source_id: sourceId = null } = given;
    if (typeof content !== 'string' || content === '' || content.length > 150_000)
      return { status: 422, body: { error: 'Content is too long' } };
    if (type !== 'incoming' && type !== 'outgoing') return { status: 422, body: { error: 'message_type' } };
    const place = { id: ++ids, conversation: conversation.id, content };
    const message: Message = { ...place, type, isPrivate: isPrivate === true, sourceId: sourceId as string | null };
    messages.push(message);
    // What a customer says opens it again.
    if (type === 'incoming' && conversation.status === 'resolved') setStatus(conversation, 'open');
    hooks.push(messageHook(conversation, message));
    return { status: 200, body: { id: message.id, source_id: message.sourceId } };
  }

  function setStatus(conversation: Conversation, status: string): Hook {
    conversation.status = status;
    const hook = signed(
      { event: 'conversation_status_changed', ...shown(conversation), account: { id: chatwoot.account } },
      now(),
    );
    hooks.push(hook);
    return hook;
  }

  const listed = (conversation: number, after: number) =>
    messages
      .filter((one) => one.conversation === conversation && one.id > after)
      .slice(0, 100)
      .map(({ id, content, type, isPrivate, sourceId }) => ({
        ...{ id, content, message_type: type === 'incoming' ? 0 : 1, private: isPrivate, source_id: sourceId },
      }));
  const messageHook = (conversation: Conversation, { id, content, type, isPrivate, sourceId }: Message) =>
    signed(
      {
        ...{ event: 'message_created', id, content, message_type: type, private: isPrivate, source_id: sourceId },
        ...{ conversation: shown(conversation), account: { id: chatwoot.account } },
      },
      now(),
    );
  const refusals = {
    'refuses for now': { status: 500, body: { error: 'Internal Server Error' } },
    'says the recipient is gone': { status: 404, body: { error: 'Resource could not be found' } },
    'rejects our credentials': { status: 401, body: { error: 'Invalid Access Token' } },
  };
  const receiver = await httpReceiver({ take, refusals });
  return {
    ...receiver,
    ...{ contacts, conversations, messages, hooks, settings: { url: receiver.url, ...chatwoot } },
    reply(content, { isPrivate = false } = {}) {
      const conversation = conversations.at(-1)!;
      const place = { id: ++ids, conversation: conversation.id, content, isPrivate };
      const message: Message = { ...place, type: 'outgoing', sourceId: null };
      messages.push(message);
      return messageHook(conversation, message);
    },
    resolve: () => setStatus(conversations.at(-1)!, 'resolved'),
  };
}

function shown({ id, sourceId, status, custom }: Conversation) {
  const place = { inbox_id: chatwoot.inbox, contact_inbox: { source_id: sourceId } };
  return { id, ...place, status, custom_attributes: custom };
}

/** As Chatwoot signs what it posts. */
export function signed(payload: object, at: number, secret = chatwoot.secret): Hook {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor(at / 1000));
  const signature = `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
  const names = { 'x-chatwoot-timestamp': timestamp, 'x-chatwoot-signature': signature };
  return { body, headers: { 'content-type': 'application/json', ...names } };
}
