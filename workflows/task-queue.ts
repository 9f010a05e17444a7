// Where the journeys' tasks wait. Servers start workflows on it, workers listen to it.

/** One queue for all journeys of an installation; the namespace keeps installations apart. */
export const taskQueue = 'tabiji';
