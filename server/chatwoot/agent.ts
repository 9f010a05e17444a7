// What an agent does in Chatwoot, done here: replies reach the customer, resolving ends the conversation. Told by webhook, and
// read again now and then, since Chatwoot tells a webhook once and forgets it.
import type { CommandAnswer } from '../../engine/command.ts';
import type { Conversations } from '../deps.ts';

/** What we tell there carries it, so that it is known when it comes back. */
export const ownSource = 'tabiji-';
/** In whose role replies come, and conversations are resolved, from there. */
export const chatwootRole = 'chatwoot';
/** LINE takes 5,000 characters, the agent inbox 4,000. */
const mostText = 4_000;

/** Says an agent's message to the customer, once by its number there, in as many parts as it takes. */
export async function sayAsAgent(
  { reply }: Pick<Conversations, 'reply'>,
  conversationId: string,
  number: number,
  content: string,
): Promise<CommandAnswer> {
  let answer: CommandAnswer = { kind: 'unchanged', sentence: 'there is nothing to say' };
  for (const [index, part] of partsOf(content).entries()) {
    const key = index === 0 ? `chatwoot-${number}` : `chatwoot-${number}-${index + 1}`;
    answer = await reply(conversationId, key, part, chatwootRole);
    if (answer.kind !== 'done' && answer.kind !== 'unchanged') return answer;
  }
  return answer;
}

function partsOf(content: string): string[] {
  const letters = [...content.trim()];
  const parts: string[] = [];
  let part = '';
  for (const letter of letters) {
    if (part.length + letter.length > mostText) {
      parts.push(part);
      part = '';
    }
    part += letter;
  }
  return part === '' ? parts : [...parts, part];
}
