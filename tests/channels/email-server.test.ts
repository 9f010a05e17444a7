// Against a real SMTP server implementation: TLS, log-in, sizes, big mails; and the forms of SMTP_URL.
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { emailChannel } from '../../activities/channels/email.ts';
import { smtpServer } from '../../activities/channels/smtp-url.ts';
import { claimOf, message, never } from './contract.ts';

let stop: () => void = () => {};
afterEach(() => stop());

async function serve(options: SMTPServerOptions) {
  const mails: Buffer[] = [];
  const server = new SMTPServer({
    disableReverseLookup: true,
    authOptional: true,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks));
        done(stream.sizeExceeded ? Object.assign(new Error('too big'), { responseCode: 552 }) : null);
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => server.close();
  const { port } = server.server.address() as { port: number };
  return { mails, port };
}

const attempt = (smtpUrl: string, html = '<p>hello</p>') =>
  emailChannel({ smtpUrl, defaultFrom: () => 'Shop <hello@shop.example>' }).attempt(
    { ...message, rendered: { ...message.rendered, html } },
    claimOf(() => true),
    never,
  );

describe('a real server', () => {
  const onAuth: SMTPServerOptions['onAuth'] = (auth, _session, done) =>
    auth.password === 'p/w @1' ? done(null, { user: auth.username }) : done(new Error('Invalid username or password'));

  it('is logged in to with the credentials of the address', async () => {
    const { port, mails } = await serve({ authOptional: false, allowInsecureAuth: true, hideSTARTTLS: true, onAuth });
    expect((await attempt(`smtp://shop:p%2Fw%20%401@127.0.0.1:${port}`)).kind).toBe('accepted');
    expect(mails).toHaveLength(1);
  });

  it('that refuses the credentials is a config error, without its text', async () => {
    const { port } = await serve({ authOptional: false, allowInsecureAuth: true, hideSTARTTLS: true, onAuth });
    expect(await attempt(`smtp://shop:wrong@127.0.0.1:${port}`)).toEqual({ kind: 'config_error', code: '535' });
  });

  it('whose certificate cannot be verified gets nothing', async () => {
    const { port, mails } = await serve({ secure: true });
    expect(await attempt(`smtps://127.0.0.1:${port}`)).toMatchObject({ kind: 'retry' });
    expect(mails).toHaveLength(0);
  });

  describe('with a certificate that is trusted', () => {
    const pem = readFileSync(new URL('receiver.pem', import.meta.url), 'utf8');
    // Not written as loopback, where nothing is encrypted.
    const host = '[::ffff:127.0.0.1]';

    async function attemptAt(scheme: string, options: SMTPServerOptions, ca: string | undefined = pem) {
      const seen: { secure: boolean; user: unknown }[] = [];
      const { port, mails } = await serve({
        ...{ key: pem, cert: pem, ...options },
        onMailFrom(_address, session, done) {
          seen.push({ secure: session.secure, user: session.user });
          done();
        },
      });
      const channel = emailChannel({ smtpUrl: `${scheme}${host}:${port}`, defaultFrom: () => 'a@shop.example', ca });
      const outcome = await channel.attempt(
        message,
        claimOf(() => true),
        never,
      );
      await channel.close();
      return { outcome, seen, mails };
    }

    it('is spoken to in cipher where it offers it', async () => {
      const { outcome, seen, mails } = await attemptAt('smtp://', {});
      expect([outcome.kind, mails.length, seen]).toEqual(['accepted', 1, [{ secure: true, user: false }]]);
    });

    it('is logged in to only once the line is in cipher', async () => {
      const { outcome, seen } = await attemptAt('smtp://shop:p%2Fw%20%401@', { authOptional: false, onAuth });
      expect([outcome.kind, seen]).toEqual(['accepted', [{ secure: true, user: 'shop' }]]);
    });

    it('is spoken to in cipher from the start with smtps', async () => {
      const { outcome, seen } = await attemptAt('smtps://', { secure: true });
      expect([outcome.kind, seen]).toEqual(['accepted', [{ secure: true, user: undefined }]]);
    });

    it('gets neither mail nor password where somebody on the way has taken the offer out', async () => {
      const { outcome, mails } = await attemptAt('smtp://shop:p%2Fw%20%401@', {
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth,
      });
      expect([outcome.kind, mails.length]).toEqual(['config_error', 0]);
    });

    it('gets nothing from who does not trust it', async () => {
      const { outcome, mails } = await attemptAt('smtp://', {}, rootCertificates[0]);
      expect([outcome.kind, mails.length]).toEqual(['retry', 0]);
    });
  });

  it('takes a mail of five megabytes as it is', async () => {
    const { port, mails } = await serve({ hideSTARTTLS: true });
    const html = '<p>.\r\n..\r\n旅</p>\r\n'.repeat(250_000);
    expect((await attempt(`smtp://127.0.0.1:${port}`, html)).kind).toBe('accepted');
    expect(mails[0]!.length).toBeGreaterThan(5_000_000);
  });

  it('that announces a smaller limit is not tried with the mail', async () => {
    const { port, mails } = await serve({ hideSTARTTLS: true, size: 10_000 });
    const outcome = await attempt(`smtp://127.0.0.1:${port}`, 'x'.repeat(20_000));
    expect(outcome).toEqual({ kind: 'message_rejected', code: 'too_large' });
    expect(mails).toHaveLength(0);
  });

  it('that is not there is retried', async () => {
    const { port } = await serve({});
    stop();
    expect(await attempt(`smtp://127.0.0.1:${port}`)).toEqual({ kind: 'retry', code: 'ECONNREFUSED' });
  });
});

describe('SMTP_URL', () => {
  it('with a password insists on encryption, except on loopback', () => {
    expect(smtpServer('smtp://u:p@mail.shop.example').connection).toMatchObject({ port: 587, requireTLS: true });
    expect(smtpServer('smtp://u:p@127.0.0.1:25').connection).toMatchObject({ requireTLS: false, ignoreTLS: true });
  });

  it('without one takes encryption where it is offered', () => {
    expect(smtpServer('smtp://relay.internal').connection).toMatchObject({
      port: 25,
      requireTLS: false,
      ignoreTLS: false,
    });
    expect(smtpServer('smtps://relay.internal').connection).toMatchObject({ port: 465, secure: true });
    expect(smtpServer('smtp://[::1]:2525').connection).toMatchObject({ host: '::1', port: 2525 });
  });

  it.each(['', 'mail.shop.example:25', 'http://mail.shop.example', 'smtp://', 'smtp://user:100%@host'])(
    '%j is refused with the form it should have, and without repeating it',
    (url) => {
      expect(() => smtpServer(url)).toThrow(/^SMTP_URL must look like smtp:\/\/mail\.shop\.example:587/);
    },
  );
});
