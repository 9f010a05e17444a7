// An SMTP server of a test's own: counts what it takes by Message-ID, and can keep a sender waiting at two points.
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface TakenMail {
  to: string;
  messageId: string;
  at: number;
}

/** Before its 354, when nothing can have left; or after the last byte, when the mail has been taken. */
export type HoldPoint = 'before 354' | 'before the answer';

export interface Hold {
  /** A sender is waiting there. */
  reached: Promise<void>;
  release(): void;
}

export interface SlowMailbox {
  smtpUrl: string;
  mails: TakenMail[];
  /** Keeps the next mail to this address waiting. */
  hold(address: string, point: HoldPoint): Hold;
  stop(): Promise<void>;
}

interface Gate extends Hold {
  pass(): Promise<void>;
}

export async function startSlowMailbox(): Promise<SlowMailbox> {
  const mails: TakenMail[] = [];
  const gates = new Map<string, Gate>();
  const passes = async (address: string, point: HoldPoint) => {
    const name = `${point} ${address}`;
    const gate = gates.get(name);
    gates.delete(name);
    await gate?.pass();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, answer) => void passes(address, 'before 354').then(() => answer()),
    onData(stream, { envelope }, answer) {
      const to = envelope.rcptTo[0]!.address;
      buffer(stream).then(async (raw) => {
        mails.push({ to, messageId: messageIdIn(raw), at: Date.now() });
        await passes(to, 'before the answer');
        answer(null, 'Kept');
      }, answer);
    },
  });
  // A killed worker breaks its connections; that is no failure of ours.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    smtpUrl: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    hold(address, point) {
      const gate = createGate();
      gates.set(`${point} ${address}`, gate);
      return gate;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function createGate(): Gate {
  let arrive = () => {};
  let release = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const open = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    reached,
    release,
    pass() {
      arrive();
      return open;
    },
  };
}

function messageIdIn(raw: Buffer): string {
  return /^Message-ID: *<(.+)>/im.exec(raw.toString('utf8'))?.[1] ?? '';
}
