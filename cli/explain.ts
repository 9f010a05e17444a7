// `tabiji explain`: asks the server why a customer is in a journey or not, and tells it as text.
import type { ExplainedEnrollment, ExplainedLine, Explanation } from '../engine/core/explanation.ts';
import { type Locale, phrase } from '../language/phrase.ts';
import { Refusal, refused } from './refusal.ts';
import { findToken, readers } from './token.ts';

export interface ExplainOptions {
  /** The server's address: `http://127.0.0.1:3000`. */
  url: string;
  env: NodeJS.ProcessEnv;
  /** The embedded default's state folder. */
  home: string;
  locale: Locale;
  json: boolean;
  out(text: string): void;
}

/** Explains one customer in one journey. Answers the exit status. */
export async function explain(customer: string, journey: string, options: ExplainOptions): Promise<number> {
  const { out, json } = options;
  try {
    const explanation = await ask(customer, journey, options);
    out(json ? `${JSON.stringify(explanation, null, 2)}\n` : printable(textOf(explanation)));
    return 0;
  } catch (error) {
    return refused(error, options.locale, out);
  }
}

async function ask(customer: string, journey: string, { url, env, home, locale }: ExplainOptions) {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Refusal(phrase`"${url}" is no address: set TABIJI_URL to one like https://tabiji.example`);
  const token = await findToken(env, home, url, readers);
  if (!token) throw new Refusal(phrase`no token to ask with: set one of ${readers.join(', ')}`);
  const path = `/customers/${encodeURIComponent(customer)}/journeys/${encodeURIComponent(journey)}/explanation`;
  const headers = { authorization: `Bearer ${token.value}`, accept: 'application/json' };
  const signal = AbortSignal.timeout(30_000);
  const answer = await fetch(new URL(`${path}?locale=${locale}`, url), { headers, redirect: 'manual', signal }).catch(
    () => {
      throw new Refusal(phrase`no server answers at ${url}: start it (npm start), or set TABIJI_URL to where it is`);
    },
  );
  const body = (await answer.json().catch(() => null)) as (Explanation & { error?: { message?: string } }) | null;
  if (answer.ok && Array.isArray(body?.enrollments)) return body as Explanation;
  if (answer.status === 401)
    throw new Refusal(phrase`the server at ${url} does not know this token (${token.from}): set one that it knows`);
  const said = printable(body?.error?.message ?? '');
  if (said === '')
    throw new Refusal(phrase`${url} is no Tabiji server (it answered with status ${answer.status}): set TABIJI_URL`);
  throw new Refusal(phrase`${said}`);
}

/** The explanation as lines for a terminal, newest enrollment first, what happened in order of time. */
export function textOf({ summary, zone, enrollments, notEntered }: Explanation): string {
  const parts = [`${summary}  (${zone})`];
  for (const [index, enrollment] of enrollments.entries()) parts.push(enrollmentText(enrollment, index > 0));
  if (notEntered.length > 0) parts.push(notEntered.map(lineText).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function enrollmentText({ id, key, summary, lines, next }: ExplainedEnrollment, isOlder: boolean): string {
  const head = `${isOlder ? `${summary}  ` : ''}[${id}${key === null ? '' : `, ${key}`}]`;
  const coming = next.map(({ at, sentence }) => `  ${at === null ? ' '.repeat(16) : at}  → ${sentence}`);
  return [head, ...lines.map(lineText), ...coming].join('\n');
}

function lineText({ at, sentence, kind, outcome, count, lastAt, needed, inputs }: ExplainedLine): string {
  const often = count > 1 ? `  ×${count}${lastAt === null ? '' : `, … ${lastAt}`}` : '';
  const word = kind === 'not_sent' || kind === 'not_entered' ? `  [${outcome}]` : '';
  const rest = needed === '' ? [] : [`${' '.repeat(20)}${needed}`];
  const { by: _, ...read } = inputs;
  const seen = Object.entries(read).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  if (seen.length > 0 && kind !== 'entered') rest.push(`${' '.repeat(20)}${seen.join(', ')}`);
  return [`  ${at}  ${sentence}${word}${often}`, ...rest].join('\n');
}

/** What a server says goes to a terminal: control characters could move its cursor. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '�');
}
