// `tabiji publish`: checks a journeys folder here, sends it to the server, and says which versions are new.
import { compile, insideOf } from '../language/compile.ts';
import { hasErrors, renderDiagnostics } from '../language/diagnostic.ts';
import { loadFolder } from '../language/load.ts';
import { type Locale, type Phrase, phrase, speak } from '../language/phrase.ts';
import type { SourceFile } from '../language/source.ts';
import { Refusal, refused } from './refusal.ts';
import { findToken, type Token } from './token.ts';

export interface PublishOptions {
  /** The server's address: `http://127.0.0.1:3000`. */
  url: string;
  env: NodeJS.ProcessEnv;
  /** The embedded default's state folder. */
  home: string;
  locale: Locale;
  out(text: string): void;
}

interface Published {
  changed: boolean;
  journeys: { journey: string; version: string | null; change: 'new' | 'changed' | 'same' | 'retired' }[];
}

/** Publishes a folder as a whole, or nothing of it. Answers the exit status. */
export async function publish(folder: string, options: PublishOptions): Promise<number> {
  const { out, locale } = options;
  try {
    const files = await loadFolder(folder);
    const { diagnostics } = await compile(files);
    out(renderDiagnostics(diagnostics, files, locale));
    if (hasErrors(diagnostics)) throw new Refusal(phrase`nothing was published`);
    out(summaryOf(await send(files, options), locale));
    return 0;
  } catch (error) {
    return refused(error, locale, out);
  }
}

async function send(files: SourceFile[], { url, env, home, locale }: PublishOptions): Promise<Published> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Refusal(phrase`"${url}" is no address: set TABIJI_URL to one like https://tabiji.example`);
  const token = await findToken(env, home, url);
  if (!token) throw new Refusal(noToken(home));
  const answer = await post(files, url, token, locale);
  const body = await bodyOf(answer);
  if (answer.ok && isPublished(body)) return body;
  throw new Refusal(refusalOf(answer.status, body, url, token));
}

/** The tests stay here: the server has no use for them. Paths are given as inside a folder `journeys`. */
async function post(files: SourceFile[], url: string, token: Token, locale: Locale): Promise<Response> {
  const inside = insideOf(files);
  const sent = files
    .map((file) => ({ path: `journeys/${inside(file)}`, text: file.text }))
    .filter(({ path }) => !path.startsWith('journeys/tests/'));
  try {
    return await fetch(new URL('/journeys', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.value}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-language': locale,
      },
      body: JSON.stringify({ files: sent }),
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
    });
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new Refusal(phrase`the server at ${url} has not answered for a minute: look at its log and publish again`);
    throw new Refusal(phrase`no server answers at ${url}: start it (npm start), or set TABIJI_URL to where it is`);
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  return answer.json().catch(() => null);
}

function isPublished(body: unknown): body is Published {
  return Array.isArray((body as Partial<Published> | null)?.journeys);
}

function refusalOf(status: number, body: unknown, url: string, token: Token): Phrase {
  const { error, rendered } = (body ?? {}) as { error?: { message?: string }; rendered?: string };
  const said = printable(error?.message ?? '');
  if (status === 401)
    return phrase`the server at ${url} does not know this token (${token.from}): set one that it knows`;
  if (status === 403) return phrase`this token (${token.from}) may not publish: use a marketer's or an admin's`;
  if (status === 422) return phrase`${printable(rendered ?? '')}the server at ${url} refused it: ${said}`;
  if (status === 503) return phrase`the server at ${url} is too busy, or its database is away: try again in a moment`;
  if (said === '') return phrase`${url} is no Tabiji server (it answered with status ${status}): set TABIJI_URL`;
  return phrase`the server at ${url} refused it: ${said}`;
}

function noToken(home: string): Phrase {
  return phrase`no token to publish with: set TABIJI_MARKETER_TOKEN or TABIJI_ADMIN_TOKEN (for the server that npm start runs on this machine it is taken from ${home}/keys)`;
}

const words = {
  new: phrase`new`,
  changed: phrase`new version`,
  same: phrase`unchanged`,
  retired: phrase`retired: takes nobody new`,
};

function summaryOf({ changed, journeys }: Published, locale: Locale): string {
  const width = Math.max(...journeys.map(({ journey }) => journey.length));
  const lines = journeys.map(({ journey, version, change }) => {
    const hash = version === null || change === 'retired' ? '' : `  ${version.slice(0, 12)}`;
    return `${printable(journey).padEnd(width)}${hash}  ${speak(words[change], locale)}\n`;
  });
  const end = changed ? phrase`published` : phrase`published already: nothing has changed`;
  return `${lines.join('')}${speak(end, locale)}\n`;
}

/** What a server says goes to a terminal: control characters could move its cursor. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '�');
}
