// The channels that messages go by, and which of them find the customer's devices themselves.

/** `ads` is none of them: audiences have their own step, and only their consent stands beside these. */
export const channelNames = ['email', 'push', 'line', 'site', 'sms'] as const;
export type ChannelName = (typeof channelNames)[number];

/** What a call of a webhook goes by, in deliveries and decisions. */
export const webhookChannel = 'webhook';

/**
 * Channels whose address is the customer's own id. There is nothing to suppress: where nobody can be reached any more,
 * the channel drops its subscriptions.
 */
export function findsCustomer(channel: string): boolean {
  return channel === 'push' || channel === 'site';
}
