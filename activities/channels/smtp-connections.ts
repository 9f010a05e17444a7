// SMTP connections that are kept for the next mail. A log-in over TLS costs more than a mail; but a kept connection may
// have died meanwhile, so whoever takes one must be ready to open another.
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

export interface SmtpConnections {
  /** A kept connection, logged in and between two mails; null when there is none. */
  take(): SMTPConnection | null;
  /** A new one, not connected yet. */
  open(): SMTPConnection;
  /** Gives back one that has just delivered a mail. No other state is safe to go on from. */
  keep(connection: SMTPConnection): void;
  /** Says goodbye to all that are kept; those given back later are not kept. */
  close(): void;
}

export interface KeepLimits {
  /** How long a connection is kept without a mail. Short: servers hang up on idlers. */
  idleMs: number;
  /** Mails over one connection. */
  mails: number;
}

const quitMs = 2_000;

export function smtpConnections(options: SMTPConnectionOptions, limits: KeepLimits): SmtpConnections {
  const kept = new Map<SMTPConnection, NodeJS.Timeout>();
  const mails = new WeakMap<SMTPConnection, number>();
  let isClosing = false;

  function drop(connection: SMTPConnection): void {
    clearTimeout(kept.get(connection));
    kept.delete(connection);
    quit(connection);
  }

  return {
    take() {
      for (const connection of kept.keys()) {
        clearTimeout(kept.get(connection));
        kept.delete(connection);
        if (!connection.destroyed) return connection;
      }
      return null;
    },
    open() {
      const connection = new SMTPConnection(options);
      // Nobody listens to a kept one; a server that breaks it must not break the process.
      connection.on('error', () => {});
      return connection;
    },
    keep(connection) {
      const sent = (mails.get(connection) ?? 0) + 1;
      mails.set(connection, sent);
      if (isClosing || connection.destroyed || sent >= limits.mails) quit(connection);
      else kept.set(connection, setTimeout(drop, limits.idleMs, connection));
    },
    close() {
      isClosing = true;
      for (const connection of kept.keys()) drop(connection);
    },
  };
}

/** The server gets a moment to answer the goodbye. */
function quit(connection: SMTPConnection): void {
  if (connection.destroyed) return;
  const timer = setTimeout(() => connection.close(), quitMs);
  connection.once('end', () => clearTimeout(timer));
  connection.quit();
}
