// @ts-check
// What a shop's pages tell Tabiji: what happened (track, page) and who this browser belongs to (identify). No dependency.
// It keeps what could not be sent, in order, and sends it again: in this page, or in the next one.

/**
 * @typedef {{ server: string, key: string }} Options `server`: where Tabiji is; `key`: the browser's write key, which
 *   speaks for this browser's own visitor only.
 * @typedef {{ [name: string]: unknown }} Values
 * @typedef {{ path: string, body: Values }} Call
 */

const idKey = 'tabiji_anonymous_id';
const queueKey = 'tabiji_queue';
const mostKept = 200;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Opens the way to the server. One for each page is enough.
 * @param {Options} options
 */
export function createTabiji({ server, key }) {
  const base = server.replace(/\/+$/, '');
  /** @type {Call[]} */
  let queue = readQueue();
  let pauseMs = firstPauseMs;
  let isSending = false;
  /** @type {string | undefined} */
  let userId;

  addEventListener('online', () => void send());
  addEventListener('pagehide', () => keepQueue());
  void send();

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
    /** After a logout: a new visitor. What is unsent goes first, as who it was. */
    reset() {
      userId = undefined;
      localStorage.setItem(idKey, crypto.randomUUID());
    },
  };

  /**
   * @param {string} path
   * @param {Values} values
   */
  function call(path, values) {
    const now = new Date().toISOString();
    const who = { anonymousId: anonymousId(), ...(userId !== undefined && { userId }) };
    const context = { locale: navigator.language, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    queue.push({ path, body: { ...values, ...who, context, messageId: crypto.randomUUID(), timestamp: now } });
    queue = queue.slice(-mostKept);
    keepQueue();
    return send();
  }

  /** One at a time and in order: what a customer did first must come first. */
  async function send() {
    if (isSending) return;
    isSending = true;
    try {
      for (let next = queue[0]; next; next = queue[0]) {
        if (!(await deliver(next))) return again();
        queue = queue.filter((other) => other !== next);
        pauseMs = firstPauseMs;
        keepQueue();
      }
    } finally {
      isSending = false;
    }
  }

  /**
   * True: it is over, taken or refused for good. The server keeps what it could not understand.
   * @param {Call} call
   */
  async function deliver({ path, body }) {
    try {
      const answer = await fetch(`${base}/v1/${path}`, {
        method: 'POST',
        keepalive: true,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, sentAt: new Date().toISOString() }),
      });
      return answer.status < 500 && answer.status !== 429;
    } catch {
      return false;
    }
  }

  function again() {
    setTimeout(() => void send(), pauseMs * (0.5 + Math.random()));
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  function keepQueue() {
    try {
      localStorage.setItem(queueKey, JSON.stringify(queue));
    } catch {
      // No room, or not allowed: this page still has it.
    }
  }
}

/** @returns {Call[]} */
function readQueue() {
  try {
    const kept = JSON.parse(localStorage.getItem(queueKey) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** @returns {string} */
export function anonymousId() {
  const known = localStorage.getItem(idKey);
  if (known) return known;
  const id = crypto.randomUUID();
  localStorage.setItem(idKey, id);
  return id;
}
