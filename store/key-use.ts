// What came in with each key of late, for the storefront developer: which events, how many, when last, which values were of
// the wrong type, and what was set aside. Only the newest are counted, so that a large shop asks no more than a small one.
import type pg from 'pg';
import { openSession, time } from './session.ts';

export interface KeyUse {
  /** False: there were more in this time than were counted. */
  isWhole: boolean;
  /** By sender: `server` and `browser` are our write keys; any other is a hook, such as `shopify`. */
  events: { sender: string; name: string; count: number; lastAt: string }[];
  wrongTypes: { name: string; path: string; declared: string; count: number; lastAt: string }[];
  setAside: { sender: string; problem: string; count: number; lastAt: string }[];
}

/** How many of the newest events are looked at. */
const most = 20_000;
/** How many lines each list has at most. */
const mostLines = 200;

const SENDER = `CASE WHEN source LIKE 'segment-browser%' OR source LIKE 'cloudevents-browser%' THEN 'browser'
       WHEN source = 'segment' OR source = 'cloudevents' OR source LIKE 'cloudevents:%' THEN 'server'
       ELSE source END`;
// Ids are made in order of arrival, and have an index.
const NEWEST = `
  WITH newest AS MATERIALIZED (SELECT name, source, received_at, flags FROM events ORDER BY id DESC LIMIT ${most})`;
const EVENTS = `${NEWEST}
  SELECT ${SENDER} AS sender, name, count(*) AS count, max(received_at) AS "lastAt" FROM newest
   WHERE received_at >= $1 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${mostLines}`;
const WRONG = `${NEWEST}
  SELECT name, flag ->> 'path' AS path, flag ->> 'declared' AS declared, count(*) AS count, max(received_at) AS "lastAt"
    FROM newest, jsonb_array_elements(flags) AS flag
   WHERE received_at >= $1 GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2 LIMIT ${mostLines}`;
const SET_ASIDE = `
  SELECT ${SENDER} AS sender, problem, count(*) AS count, max(received_at) AS "lastAt"
    FROM (SELECT source, problem, received_at FROM quarantine ORDER BY id DESC LIMIT ${most}) newest
   WHERE received_at >= $1 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${mostLines}`;
const OLDEST = `SELECT received_at AS "receivedAt" FROM events ORDER BY id DESC OFFSET ${most - 1} LIMIT 1`;

/** @param since a moment; what came in before it is not counted */
export async function keyUse(pool: pg.Pool, since: number): Promise<KeyUse> {
  const session = openSession(pool);
  const values = [time(since)];
  const [events, wrongTypes, setAside, oldest] = await Promise.all([
    session.rows<Counted<KeyUse['events'][number]>>(EVENTS, values),
    session.rows<Counted<KeyUse['wrongTypes'][number]>>(WRONG, values),
    session.rows<Counted<KeyUse['setAside'][number]>>(SET_ASIDE, values),
    session.row<{ receivedAt: number }>(OLDEST, []),
  ]);
  return {
    isWhole: oldest === null || oldest.receivedAt < since,
    events: events.map(dated),
    wrongTypes: wrongTypes.map(dated),
    setAside: setAside.map(dated),
  };
}

type Counted<T> = Omit<T, 'lastAt'> & { lastAt: number };

function dated<T extends { lastAt: number }>(row: T): Omit<T, 'lastAt'> & { lastAt: string } {
  return { ...row, lastAt: new Date(row.lastAt).toISOString() };
}
