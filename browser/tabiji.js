// @ts-check
// What a shop's pages tell Tabiji: what happened (track, page), who this browser belongs to (identify) and, by way of the
// shop's own server, what its visitor has agreed to (consent). No dependency.
// It keeps what could not be sent, in order, and sends it again: in this page, in another tab, or in the next page.

/**
 * @typedef {{ server: string, key: string, consentUrl?: string }} Options `server`: where Tabiji is; `key`: the browser's
 *   write key, which speaks for this browser's own visitor only; `consentUrl`: where the shop's own server takes consents.
 * @typedef {{ channel: string, purpose?: string, state?: 'granted' | 'withdrawn', evidence?: Values }} Consent `purpose`:
 *   marketing, unless told; `state`: granted, unless told; `evidence`: what was shown, and which form it was.
 * @typedef {{ [name: string]: unknown }} Values
 * @typedef {{ url?: string, path?: string, body: Values }} Call
 */

const idKey = 'tabiji_anonymous_id';
/** Each call is kept under a name of its own, so that no tab overwrites what another keeps. */
const callKey = 'tabiji_call_';
const consentKey = 'tabiji_consent_';
const mostKept = 200;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const longestCallMs = 30_000;

/** What this page keeps where the browser lets it store nothing. @type {Map<string, string>} */
const unstored = new Map();
let calls = 0;

/**
 * Opens the way to the server. One for each page is enough.
 * @param {Options} options
 */
export function createTabiji({ server, key, consentUrl }) {
  const base = server.replace(/\/+$/, '');
  // Each waits for its own server only: one that is away, or that a blocker keeps away, holds up nothing of the other's.
  const events = createLane(callKey, post);
  const consents = createLane(consentKey, post);
  /** @type {string | undefined} */
  let userId;

  return {
    /** This browser's own random id: what the chat and anonymous events go by. */
    anonymousId,
    /**
     * Something happened: `track('Product Viewed', { product_id: 'A' })`.
     * @param {string} event
     * @param {Values} [properties]
     */
    track: (event, properties = {}) => call('track', { event, properties }),
    /**
     * A page was seen.
     * @param {string} [name]
     * @param {Values} [properties]
     */
    page: (name, properties = {}) =>
      call('page', { name, properties: { url: location.href, title: document.title, ...properties } }),
    /**
     * Says who this browser belongs to, after a login. What the shop knows of them (email, consent) comes from the
     * shop's own server: this key cannot say it.
     * @param {string} id
     * @param {Values} [traits]
     */
    identify(id, traits = {}) {
      userId = id;
      return call('identify', { traits });
    },
    /**
     * What this browser's visitor agreed to, or took back: `consent({ channel: 'push', evidence: { button: 'Allow' } })`.
     * It goes to the shop's own server, which knows who is signed in and passes it on: this key cannot say it.
     * @param {Consent} said
     */
    consent({ channel, purpose = 'marketing', state = 'granted', evidence = {} }) {
      if (!consentUrl)
        throw new Error('consent() needs createTabiji({ consentUrl }): an address of the shop’s own server');
      const at = new Date().toISOString();
      // Without what a shop may put behind it: tokens, addresses.
      const shown = { page: location.origin + location.pathname, ...evidence };
      const body = { anonymousId: anonymousId(), channel, purpose, state, at, evidence: shown };
      // Whole: the page that sends it may be another one.
      return consents.keep({ url: new URL(consentUrl, location.href).href, body });
    },
    /** After a logout: a new visitor. What is unsent goes first, as who it was. */
    reset() {
      userId = undefined;
      write(idKey, crypto.randomUUID());
    },
  };

  /**
   * Kept before anything else, so that a page that closes now loses nothing.
   * @param {string} path
   * @param {Values} values
   */
  function call(path, values) {
    const who = { anonymousId: anonymousId(), ...(userId !== undefined && { userId }) };
    const context = { locale: navigator.language, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    const messageId = crypto.randomUUID();
    const body = { ...values, ...who, context, messageId, timestamp: new Date().toISOString() };
    return events.keep({ path, body });
  }

  /** @param {Call} call */
  function post({ url, path, body }) {
    const type = { 'content-type': 'application/json' };
    return fetch(url ?? `${base}/v1/${path}`, {
      method: 'POST',
      keepalive: true,
      // The shop's own server goes by its own session, and is told no key.
      headers: url ? type : { ...type, authorization: `Bearer ${key}` },
      body: JSON.stringify(url ? body : { ...body, sentAt: new Date().toISOString() }),
      signal: AbortSignal.timeout(longestCallMs),
    });
  }
}

/**
 * What goes to one server: kept, in order, one at a time.
 * @param {string} prefix of the names that it is kept under
 * @param {(call: Call) => Promise<Response>} post
 */
function createLane(prefix, post) {
  let pauseMs = firstPauseMs;
  /** @type {Promise<void> | undefined} */
  let sending;
  let isWanted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;

  addEventListener('online', () => void resume());
  void send();
  return { keep };

  /** @param {Call} call */
  function keep(call) {
    // In order of time, and within a page in the order of the calls.
    const order = `${String(Date.now()).padStart(14, '0')}_${String(++calls).padStart(6, '0')}`;
    write(`${prefix}${order}_${crypto.randomUUID()}`, JSON.stringify(call));
    for (const name of kept(prefix).slice(0, -mostKept)) forget(name);
    return send();
  }

  /** Resolves when this try is over; while the server asks for a pause there is none. */
  function send() {
    isWanted = true;
    if (pause === undefined) sending ??= sendAll();
    return sending ?? Promise.resolve();
  }

  function resume() {
    clearTimeout(pause);
    pause = undefined;
    return send();
  }

  async function sendAll() {
    try {
      while (isWanted && pause === undefined) {
        isWanted = false;
        await alone(prefix, drain);
      }
    } finally {
      sending = undefined;
    }
  }

  /** One at a time and in order: what a customer did first must come first. */
  async function drain() {
    for (let [name] = kept(prefix); name !== undefined; [name] = kept(prefix)) {
      const waitMs = await deliver(read(name));
      if (waitMs !== null) {
        pause = setTimeout(() => void resume(), Math.max(waitMs, pauseMs * (0.5 + Math.random())));
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        return;
      }
      forget(name);
      pauseMs = firstPauseMs;
    }
  }

  /**
   * Null: it is over, taken or refused for good (the server keeps what it could not understand). Else it is sent again,
   * after so many milliseconds at least.
   * @param {string | null} text
   */
  async function deliver(text) {
    const call = parsed(text);
    if (!call) return null;
    try {
      const answer = await post(call);
      if (answer.status < 500 && answer.status !== 429) return null;
      return Math.min(Number(answer.headers.get('retry-after')) || 0, 60) * 1_000;
    } catch {
      return 0;
    }
  }
}

/**
 * Tabs of one browser take turns. Where there are no locks (a page without https), both may send one call: the server knows
 * it by its id.
 * @param {string} prefix
 * @param {() => Promise<void>} work
 */
async function alone(prefix, work) {
  if (navigator.locks) await navigator.locks.request(`${prefix}send`, work);
  else await work();
}

/** Names of what is to be sent, oldest first. @param {string} prefix */
function kept(prefix) {
  const stored = attempt(() => Object.keys(localStorage)) ?? [];
  return [...stored, ...unstored.keys()].filter((name) => name.startsWith(prefix)).sort();
}

/** @param {string} name @param {string} value */
function write(name, value) {
  const isStored = attempt(() => {
    localStorage.setItem(name, value);
    return true;
  });
  // No room, or not allowed: this page still has it.
  if (!isStored) unstored.set(name, value);
}

/** @param {string} name @returns {string | null} */
function read(name) {
  return unstored.get(name) ?? attempt(() => localStorage.getItem(name)) ?? null;
}

/** @param {string} name */
function forget(name) {
  unstored.delete(name);
  attempt(() => localStorage.removeItem(name));
}

/**
 * @param {string | null} text
 * @returns {Call | undefined} undefined: another tab has sent it, or it is none of ours
 */
function parsed(text) {
  return attempt(() => JSON.parse(text ?? 'null')) ?? undefined;
}

/**
 * What a browser that stores nothing throws is no failure.
 * @template T
 * @param {() => T} work
 */
function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** This browser's own random id; made once. @returns {string} */
export function anonymousId() {
  const known = read(idKey);
  if (known) return known;
  const id = crypto.randomUUID();
  write(idKey, id);
  return id;
}
