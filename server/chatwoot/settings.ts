// Where Chatwoot is, as the environment says it.

export interface ChatwootSettings {
  /** `https://chat.example.com`. */
  url: string;
  /** Of an agent or administrator, sent as `api_access_token`. */
  token: string;
  account: number;
  /** An inbox of the kind "API". */
  inbox: number;
  /** What Chatwoot signs with what it tells us. */
  secret: string;
}

const names = ['CHATWOOT_URL', 'CHATWOOT_TOKEN', 'CHATWOOT_ACCOUNT', 'CHATWOOT_INBOX', 'CHATWOOT_WEBHOOK_SECRET'];

/** Undefined where none is set. Throws a sentence where the settings are half there or wrong, and never a value. */
export function readChatwootSettings(env: NodeJS.ProcessEnv): ChatwootSettings | undefined {
  const missing = names.filter((name) => !env[name]);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) throw new Error(`Chatwoot is half set up: ${missing.join(', ')} must be set, too`);
  const [url, token, account, inbox, secret] = names.map((name) => env[name]!) as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (!/^https?:\/\/[^/]/.test(url)) throw new Error('CHATWOOT_URL is no address: as in https://chat.example.com');
  const isNumber = (text: string) => /^[1-9]\d{0,9}$/.test(text);
  if (!isNumber(account) || !isNumber(inbox))
    throw new Error('CHATWOOT_ACCOUNT and CHATWOOT_INBOX are numbers, as they stand in the addresses of its pages');
  if (secret.length < 16)
    throw new Error('CHATWOOT_WEBHOOK_SECRET has fewer than 16 characters: it cannot be the right one');
  return { url: url.replace(/\/+$/, ''), token, account: Number(account), inbox: Number(inbox), secret };
}
