import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';
import { type MailboxOptions, startMailbox } from '../../embedded/mailbox.ts';
import { answerMailbox } from '../../embedded/mailbox-answer.ts';
import { runChild } from './child.ts';
import { testFolder } from './folder.ts';

const AT = Date.UTC(2026, 10, 20, 9, 30);

async function mailbox(options: MailboxOptions = {}) {
  const started = await startMailbox(options);
  onTestFinished(() => started.stop());
  return started;
}

function send(smtpUrl: string, mail: SendMailOptions) {
  return createTransport(smtpUrl).sendMail({ from: 'Shop <hello@shop.example>', to: 'mika@example.com', ...mail });
}

test('a mail is read back with its recipients, subject, headers and both bodies', async () => {
  const box = await mailbox({ now: () => AT });
  await send(box.smtpUrl, {
    subject: 'ご注文ありがとうございます – Tabiji',
    text: 'Hello Mika',
    html: '<p>Hello <b>Mika</b></p>',
    list: { unsubscribe: [[{ url: 'https://shop.example/u/1' }, 'mailto:out@shop.example']] as never },
    headers: { 'X-Twice': ['one', 'two'] },
  });
  const [mail] = await box.messages();
  expect(mail).toMatchObject({
    to: ['mika@example.com'],
    from: 'Shop <hello@shop.example>',
    subject: 'ご注文ありがとうございます – Tabiji',
    text: 'Hello Mika',
    html: '<p>Hello <b>Mika</b></p>',
    at: AT,
  });
  expect(mail!.headers['list-unsubscribe']).toBe('<https://shop.example/u/1>, <mailto:out@shop.example>');
  expect(mail!.headers['x-twice']).toEqual(['one', 'two']);
  expect(mail!.headers.subject).toBe(mail!.subject);
  expect(Object.keys(mail!.headers).filter((name) => name.includes('envelope'))).toEqual([]);
  expect(await box.message(mail!.id)).toEqual(mail);
});

test('the recipients are those of the envelope, whatever the mail says', async () => {
  const box = await mailbox();
  const envelope = { from: 'bounce@shop.example', to: ['a@example.com', 'b@example.com'] };
  await send(box.smtpUrl, { to: 'somebody@example.com', headers: { 'X-Envelope-To': 'forged@example.com' }, envelope });
  const [mail] = await box.messages();
  expect(mail!.to).toEqual(['a@example.com', 'b@example.com']);
});

test('the newest mails come first and the oldest go at the limit, in memory and in a folder', async () => {
  for (const folder of [undefined, join(testFolder(), 'mail')]) {
    const box = await mailbox({ folder, limit: 3 });
    for (const subject of ['1', '2', '3', '4', '5']) await send(box.smtpUrl, { subject });
    expect((await box.messages()).map(({ subject }) => subject)).toEqual(['5', '4', '3']);
    expect((await box.messages(1)).map(({ subject }) => subject)).toEqual(['5']);
    if (folder) expect(readdirSync(folder)).toHaveLength(3);
  }
});

test('every mail accepted before a kill is there afterwards, in files of the owner alone', async () => {
  const folder = join(testFolder(), 'mail');
  const child = runChild('mailbox', folder);
  const { smtpUrl } = (await child.next<{ smtpUrl: string }>())!;
  const accepted: string[] = [];
  const sending = Array.from({ length: 4 }, async (_, line) => {
    for (let i = 0; ; i++) {
      const subject = `${line}/${i}`;
      await send(smtpUrl, { subject });
      accepted.push(subject);
      if (accepted.length === 40) child.process.kill('SIGKILL');
    }
  });
  await Promise.allSettled(sending);
  const box = await mailbox({ folder });
  const subjects = (await box.messages()).map(({ subject }) => subject);
  expect(accepted.length).toBeGreaterThanOrEqual(40);
  expect(accepted.filter((subject) => !subjects.includes(subject))).toEqual([]);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test('a mail above ten megabytes is refused for good', async () => {
  const box = await mailbox();
  await expect(send(box.smtpUrl, { text: 'x'.repeat(10_500_000) })).rejects.toMatchObject({ responseCode: 552 });
  expect(await box.messages()).toEqual([]);
});

test('a taken port and a folder that cannot be used are refused with what to do', async () => {
  const port = Number(new URL((await mailbox()).smtpUrl).port);
  await expect(startMailbox({ port })).rejects.toThrow(`port ${port} is taken by another program; stop it or set`);
  const file = join(testFolder(), 'file');
  writeFileSync(file, '');
  await expect(startMailbox({ folder: file })).rejects.toThrow('set TABIJI_HOME to a folder of yours');
});

test('the list, a mail and the JSON are answered, and nothing else', async () => {
  const box = await mailbox();
  await send(box.smtpUrl, { subject: 'First', text: 'one' });
  await send(box.smtpUrl, { subject: 'Second', html: '<p>two</p>' });
  const list = await answerMailbox(box, '/mailbox');
  expect(list).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect(list!.body).toMatch(/Second[\s\S]*First/);
  const messages = await answerMailbox(box, '/mailbox/messages?limit=1');
  expect(JSON.parse(messages!.body).map((mail: { subject: string }) => mail.subject)).toEqual(['Second']);
  const { id } = JSON.parse(messages!.body)[0];
  const page = await answerMailbox(box, `/mailbox/messages/${id}`, 'text/html,application/json');
  expect(page!.headers['content-type']).toContain('text/html');
  const json = await answerMailbox(box, `/mailbox/messages/${id}`, 'application/json');
  expect(JSON.parse(json!.body)).toMatchObject({ id, subject: 'Second' });
  expect(await answerMailbox(box, '/mailboxes')).toBeUndefined();
});

test.each(['nothing', '..%2F..%2Fkeys', '../../keys', '%00'])('the mail %s is not found', async (id) => {
  const folder = testFolder();
  writeFileSync(join(folder, 'keys'), 'secret');
  const box = await mailbox({ folder: join(folder, 'mail') });
  expect(await box.message(decodeURIComponent(id))).toBeUndefined();
  const answer = await answerMailbox(box, `/mailbox/messages/${id}`, 'application/json');
  expect(answer?.status ?? 404).toBe(404);
});
