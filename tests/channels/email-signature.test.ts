// Signed mails, checked by somebody else's verifier; where they come back to; and what the environment may say of both.
import { generateKeyPairSync } from 'node:crypto';
import { authenticate } from 'mailauth';
import { describe, expect, it, test } from 'vitest';
import { composeMail } from '../../activities/channels/email-bytes.ts';
import { readMailEnvironment } from '../../activities/channels/mail-environment.ts';
import { keyOfMessageId, keyOfReturnPath, mailTag } from '../../engine/message-id.ts';
import { message } from './contract.ts';
import { emailRig } from './email-rig.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const env = {
  TABIJI_DKIM_DOMAIN: 'shop.example',
  TABIJI_DKIM_SELECTOR: 't1',
  TABIJI_DKIM_KEY: privateKey.replaceAll('\n', '\\n'),
};
const dkim = readMailEnvironment(env).dkim!;
const from = '旅路商店 <hello@shop.example>';
const key = '0190a5c0-7f00-7000-8000-000000000001/3';
const date = Date.UTC(2026, 10, 21, 9, 30);

/** Answers for the key's name only, as the shop's name server would. */
async function resolver(name: string, type: string): Promise<string[][]> {
  if (name === 't1._domainkey.shop.example' && type === 'TXT')
    return [[`v=DKIM1; k=rsa; p=${publicKey.replace(/-----.*-----|\s/g, '')}`]];
  throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
}

async function signatureOf(bytes: Buffer) {
  const { dkim: checked } = await authenticate(bytes, {
    resolver,
    disableArc: true,
    disableDmarc: true,
  });
  expect(checked.results).toHaveLength(1);
  return checked.results[0]!;
}

async function composed(change: Partial<typeof message> = {}, options = { dkim }): Promise<Buffer> {
  const answer = await composeMail({ ...message, key, ...change }, from, date, options);
  if (!answer.ok) throw new Error(answer.outcome.kind);
  return answer.mail.bytes;
}

describe('a signature', () => {
  it('holds, and covers both unsubscribe headers (RFC 8058 §4)', async () => {
    const { status, signingDomain, signingHeaders } = await signatureOf(await composed());
    expect([status.result, signingDomain]).toEqual(['pass', 'shop.example']);
    const signed = signingHeaders!.keys.toLowerCase().split(/[:,]\s*/);
    for (const header of ['from', 'to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post'])
      expect(signed).toContain(header);
  });

  it('holds for a transactional mail, which has neither', async () => {
    expect((await signatureOf(await composed({ unsubscribeUrl: null }))).status.result).toBe('pass');
  });

  test.each([
    ['the body', (text: string) => text.replace('</p>', ' now</p>').replace(/\r\n\r\n--/, '\r\n\r\nx\r\n--')],
    [
      'List-Unsubscribe',
      (text: string) => text.replace(/List-Unsubscribe: <https?:/, 'List-Unsubscribe: <https://evil.example/?'),
    ],
    ['List-Unsubscribe-Post', (text: string) => text.replace('=One-Click', '=Two-Clicks')],
    ['the subject', (text: string) => text.replace(/^Subject: /m, 'Subject: Re: ')],
  ])('breaks where somebody changes %s', async (_what, change) => {
    const text = (await composed()).toString('latin1');
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect((await signatureOf(Buffer.from(changed, 'latin1'))).status.result).not.toBe('pass');
  });

  it('is the same for every attempt', async () => {
    expect(await composed()).toEqual(await composed());
  });

  it('stands on what reaches the server', async () => {
    const rig = await emailRig({}, { dkim });
    try {
      const outcome = await rig.channel.attempt({ ...message, key }, async () => true, new AbortController().signal);
      expect(outcome.kind).toBe('accepted');
      const [taken] = rig.receiver.messages;
      expect((await signatureOf(Buffer.from(taken!, 'latin1'))).status.result).toBe('pass');
    } finally {
      await rig.stop();
    }
  });
});

describe('the way back', () => {
  it('names the delivery, and asks a server that can to tell of a failure', async () => {
    const rig = await emailRig({ extensions: ['DSN'] }, { bounces: 'bounces@mail.shop.example' });
    try {
      await rig.channel.attempt({ ...message, key }, async () => true, new AbortController().signal);
      const [mail, rcpt] = rig.receiver.commands.filter((command) => /^(MAIL|RCPT)/.test(command));
      const tag = '0190a5c0-7f00-7000-8000-000000000001.3';
      expect(mail).toBe(`MAIL FROM:<bounces+${tag}@mail.shop.example> RET=HDRS ENVID=${tag}`);
      expect(rcpt).toContain('NOTIFY=FAILURE,DELAY');
      expect(rcpt).toContain(`ORCPT=rfc822;${message.to}`);
      expect(rig.receiver.messages[0]).toMatch(/^From: .*<hello@shop\.example>\r?$/m);
    } finally {
      await rig.stop();
    }
  });

  it('is the sender where nothing else is set', async () => {
    const answer = await composeMail({ ...message, key }, from, date);
    expect(answer).toMatchObject({ mail: { envelope: { from: 'hello@shop.example' } } });
  });

  test.each([
    [`<${mailTag(key)}@shop.example>`, key],
    [`${mailTag(key)}@shop.example`, key],
    ['<e1.1@shop.example>', 'e1/1'],
    ['<0123456789abcdef0123456789abcdef01234567@shop.example>', null],
    ['<e1.1.2@shop.example>', null],
    ['<e1/1@shop.example>', null],
    ['<e1.x@shop.example>', null],
    ['', null],
  ])('the Message-ID %s is of %s', (id, found) => {
    expect(keyOfMessageId(id)).toBe(found);
  });

  test.each([
    [`bounces+${mailTag(key)}@mail.shop.example`, key],
    [`<bounces+${mailTag(key)}@mail.shop.example>`, key],
    [`bounces@mail.shop.example`, null],
    ['hanako+e1@shop.example', null],
    ['', null],
  ])('the return path %s is of %s', (address, found) => {
    expect(keyOfReturnPath(address)).toBe(found);
  });
});

describe('the environment', () => {
  it('may say nothing', () => {
    expect(readMailEnvironment({})).toEqual({});
  });

  test.each([
    [{ TABIJI_DKIM_DOMAIN: 'shop.example' }, 'TABIJI_DKIM_SELECTOR and TABIJI_DKIM_KEY must be set'],
    [{ ...env, TABIJI_DKIM_KEY: 'c2VjcmV0' }, 'TABIJI_DKIM_KEY is no RSA key'],
    [
      {
        ...env,
        TABIJI_DKIM_KEY: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
      'TABIJI_DKIM_KEY is no RSA key',
    ],
    [{ TABIJI_BOUNCES: 'bounces+x@shop.example' }, 'TABIJI_BOUNCES is no address'],
    [{ TABIJI_BOUNCES: 'a-name-that-is-too-long@shop.example' }, 'TABIJI_BOUNCES is no address'],
    [{ TABIJI_BOUNCES: 'nobody' }, 'TABIJI_BOUNCES is no address'],
  ])('that is wrong is refused without its value: %#', (wrong, sentence) => {
    expect(() => readMailEnvironment(wrong)).toThrow(sentence);
    try {
      readMailEnvironment(wrong);
    } catch (error) {
      expect(String(error)).not.toMatch(/c2VjcmV0|BEGIN|too-long/);
    }
  });
});
