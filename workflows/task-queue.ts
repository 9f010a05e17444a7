// Where the journeys' tasks wait. Servers start workflows on it, workers listen to it.

/** One queue for all journeys of an installation; the namespace keeps installations apart. */
export const taskQueue = 'tabiji';

/** Where the deliveries of one channel wait that are not attempted within a turn. */
export function channelQueue(journeys: string, channel: string): string {
  return `${journeys}-${channel}`;
}
