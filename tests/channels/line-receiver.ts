// LINE's Messaging API as far as a push goes: the token, the retry key, the shape and limits of messages.
import { type Answer, type HttpReceiver, httpReceiver, type Received } from './http-receiver.ts';

export interface LineReceiver extends HttpReceiver {
  /** Bodies that were taken. */
  taken: string[];
  /** The retry keys of all requests, in order. */
  retryKeys: string[];
}

export const accessToken = 'channel access token';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export async function lineReceiver(): Promise<LineReceiver> {
  const taken: string[] = [];
  const retryKeys: string[] = [];
  const accepted = new Map<string, object>();

  function take({ path, headers, body }: Received): Answer {
    if (path !== '/v2/bot/message/push') return { status: 404, body: { message: 'Not found' } };
    if (headers.authorization !== `Bearer ${accessToken}`) return refusals['rejects our credentials'];
    const retryKey = String(headers['x-line-retry-key']);
    retryKeys.push(retryKey);
    if (!uuid.test(retryKey)) return refused('The retry key is invalid');
    const known = accepted.get(retryKey);
    if (known) return { status: 409, body: { message: 'The retry key is already accepted', ...known } };
    const problem = problemOf(JSON.parse(body.toString()));
    if (problem) return refused('The request body has 1 error(s)', [problem]);
    taken.push(body.toString());
    const sent = { sentMessages: [{ id: `4612300000${taken.length}`, quoteToken: 'q' }] };
    accepted.set(retryKey, sent);
    return { status: 200, body: sent };
  }

  const refusals = {
    'refuses for now': {
      status: 429,
      body: { message: 'The API rate limit has been exceeded. Try again later.' },
    },
    'says the recipient is gone': refused('Failed to send messages'),
    'rejects our credentials': {
      status: 401,
      body: { message: 'Authentication failed due to the following reason: invalid token.' },
    },
  };
  const receiver = await httpReceiver({ take, refusals });
  return { ...receiver, taken, retryKeys };
}

export function refused(message: string, details: object[] = []): Answer {
  return { status: 400, body: { message, details } };
}

interface Push {
  to: string;
  messages: { type: string; text?: string; originalContentUrl?: string; quickReply?: { items: Item[] } }[];
}
interface Item {
  type: string;
  action: { type: string; label: string; data: string; displayText: string };
}

function problemOf({ to, messages }: Push): object | null {
  if (!/^U[0-9a-f]{32}$/.test(to)) return { message: 'invalid', property: 'to' };
  if (messages.length < 1 || messages.length > 5) return { message: '1 to 5', property: 'messages' };
  for (const [index, { type, text, originalContentUrl, quickReply }] of messages.entries()) {
    const property = `messages[${index}]`;
    if (type === 'text' && (!text || text.length > 5000))
      return { message: 'Length must be between 0 and 5000', property };
    if (type === 'image' && !originalContentUrl?.startsWith('https://')) return { message: 'Must be https', property };
    const items = quickReply?.items ?? [];
    const isBad = ({ action }: Item) => !action.label || action.label.length > 20 || action.data.length > 300;
    if (items.length > 13 || items.some(isBad)) return { message: 'bad quick reply', property };
  }
  return null;
}
