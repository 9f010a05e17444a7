// What turns work on in a real installation: the store on a pool, the channels, signed links.
// `worker.ts` and the embedded default build the same.
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Deliveries } from './activities/channel-queues.ts';
import type { EmailOptions } from './activities/channels/email.ts';
import type { ChannelKeys } from './activities/channels/keys.ts';
import { webhookCalls } from './activities/channels/webhook.ts';
import { MAX_TURNS } from './activities/worker.ts';
import { createChannels } from './channels.ts';
import { webhookChannel } from './engine/core/channels.ts';
import { channelSettings } from './engine/core/settings.ts';
import { errorCode } from './engine/error-code.ts';
import type { Clock, Ports } from './engine/ports.ts';
import { type Budget, createTurns, type Turns } from './engine/turn.ts';
import { answerUrl } from './server/answer-token.ts';
import { addressHashOf, confirmUrl } from './server/confirm-token.ts';
import { keyedHash } from './server/keyed-hash.ts';
import { trackingUrls } from './server/tracking-token.ts';
import { unsubscribeUrl } from './server/unsubscribe-token.ts';
import { webhookSecret } from './server/webhook-secret.ts';
import { newId } from './store/id.ts';
import { createStore } from './store/postgres.ts';

export interface DriveInput {
  /** Of a migrated database; closing it is left to who opened it. */
  pool: pg.Pool;
  clock: Clock;
  smtpUrl: string;
  /** What links in messages begin with. */
  publicUrl: string;
  /** Signs the links in messages; the server must have the same. */
  secret: string;
  logger: Logger;
  /** How mails are signed and where they come back to; limits of a call, and so of a claim's lease, which tests shorten. */
  email?: Pick<EmailOptions, 'longestCallMs' | 'limits' | 'dkim' | 'bounces'>;
  /** Of the channels besides email and the site. */
  channelKeys?: ChannelKeys;
  /** What a turn may take; tests give it more. */
  budget?: Budget;
  /** Called between every two steps of a turn and a claim; tests crash here. */
  between?: Ports['between'];
}

export interface Drive {
  ports: Ports;
  turns: Turns;
  /** For the channels' queues. */
  deliveries: Deliveries;
  /** After the worker has stopped: waits for calls that are past hand-over, and closes the channels. */
  close(): Promise<void>;
}

/** Refuses, by throwing, only an `smtpUrl` or keys that are none. */
export function createDrive(input: DriveInput): Drive {
  const store = createStore(input.pool);
  const { clock, smtpUrl, channelKeys: keys = {} } = input;
  const email = { ...input.email, smtpUrl, tracking: trackingUrls(input.secret, input.publicUrl) };
  const channels = createChannels({ email, keys, store, clock, newId });
  const calls = webhookCalls();
  const ports: Ports = {
    store,
    channels,
    webhooks: {
      longestCallMs: calls.longestCallMs,
      claimMs: calls.claimMs,
      attempt: ({ name: type, ...call }, claim, signal) =>
        calls.attempt({ ...call, type, secrets: [webhookSecret(input.secret, type)] }, claim, signal),
    },
    clock,
    newId,
    keyedHash: (text) => keyedHash(input.secret, text),
    answerUrl: (...question) => answerUrl(input.secret, input.publicUrl, ...question),
    confirmUrl: (customerId, channel, address, expiresAt) => {
      const addressHash = addressHashOf(input.secret, address);
      const confirmation = { customerId, channel, purpose: 'marketing', addressHash, expiresAt };
      return confirmUrl(input.secret, input.publicUrl, confirmation);
    },
    unsubscribeUrl: (...consent) => unsubscribeUrl(input.secret, input.publicUrl, ...consent),
    between: input.between ?? (() => {}),
  };
  const failed = (error: unknown) =>
    input.logger.error(errorCode(error), "a provider's answer could not be written; its lease decides");
  const turns = createTurns(ports, failed, { places: MAX_TURNS / 4, ...input.budget });
  return {
    ports,
    turns,
    deliveries: deliveriesOf(ports, turns),
    async close() {
      await turns.drain();
      await Promise.all([...Object.values(channels), calls].map((channel) => channel.close()));
    },
  };
}

/** The attempts that these turns make from the queues of their channels. */
export function deliveriesOf({ store, channels }: Ports, turns: Turns): Deliveries {
  const names = [...Object.keys(channels), webhookChannel];
  return {
    run: turns.deliver,
    channels: names,
    async rates() {
      const { settings } = await store.transaction((tx) => tx.catalog());
      return Object.fromEntries(names.map((name) => [name, channelSettings(settings, name)?.rate]));
    },
  };
}
