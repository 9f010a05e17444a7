// @ts-check
// The chat on a shop's page, as an element of its own: <tabiji-chat server="…" key="…"></tabiji-chat>. Whatever is said is
// shown as plain text. It goes on where it was after a lost connection, fills a phone's screen, and works by keyboard.
import { anonymousId } from './tabiji.js';

const words = {
  ja: {
    open: 'チャットを開く',
    close: '閉じる',
    title: 'お問い合わせ',
    placeholder: 'メッセージを入力',
    send: '送信',
    empty: 'ご質問をどうぞ。よくあるご質問にはすぐにお答えし、それ以外は担当者がお返事します。',
    you: 'あなた',
    shop: 'お店',
    offline: '接続が切れました。つなぎ直しています…',
    failed: '送信できませんでした。もう一度お試しください。',
    more: '詳しく見る',
    unread: '未読',
  },
  en: {
    open: 'Open the chat',
    close: 'Close',
    title: 'Questions?',
    placeholder: 'Write a message',
    send: 'Send',
    empty: 'Ask us anything. Common questions are answered at once, all others by a person.',
    you: 'You',
    shop: 'Shop',
    offline: 'The connection was lost. Trying again…',
    failed: 'This could not be sent. Please try again.',
    more: 'See more',
    unread: 'unread',
  },
};

const style = `
:host { --accent: #2f5d50; --paper: #fff; --ink: #1d1f21; --soft: #f1f3f2; --line: #d5d9d7; all: initial; position: fixed;
  right: 20px; bottom: 20px; z-index: 2147483000; font: 16px/1.6 system-ui, 'Hiragino Sans', 'Noto Sans JP', sans-serif; color: var(--ink); }
@media (prefers-color-scheme: dark) { :host { --accent: #7cc0ab; --paper: #1e2022; --ink: #eceeed; --soft: #2b2e30; --line: #46494b; } }
* { box-sizing: border-box; font: inherit; color: inherit; }
button { cursor: pointer; } [hidden] { display: none !important; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.launch { position: relative; width: 60px; height: 60px; border: 0; border-radius: 50%; background: var(--accent); color: var(--paper);
  box-shadow: 0 4px 16px rgb(0 0 0 / 25%); display: grid; place-items: center; }
.launch svg { width: 28px; height: 28px; fill: currentColor; }
.badge { position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #b3261e;
  color: #fff; font-size: 13px; line-height: 22px; text-align: center; }
.panel { width: min(380px, calc(100vw - 40px)); height: min(600px, calc(100vh - 40px)); display: flex; flex-direction: column;
  background: var(--paper); border: 1px solid var(--line); border-radius: 16px; overflow: hidden; box-shadow: 0 8px 32px rgb(0 0 0 / 25%); }
.head { display: flex; align-items: center; justify-content: space-between; padding: 10px 16px; border-bottom: 1px solid var(--line); }
h2 { margin: 0; font-size: 17px; font-weight: 600; }
.close { border: 0; background: none; padding: 8px 12px; border-radius: 8px; }
.log { flex: 1; overflow-y: auto; padding: 16px; display: flex; flex-direction: column; gap: 10px; overscroll-behavior: contain; }
.said { max-width: 85%; padding: 8px 12px; border-radius: 14px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
.said.customer { align-self: flex-end; background: var(--accent); color: var(--paper); }
.said h3 { margin: 0 0 4px; font-size: 16px; font-weight: 600; } .said p { margin: 0; }
.said img { display: block; max-width: 100%; border-radius: 8px; margin: 6px 0; }
.said a { color: inherit; }
.answers { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.answers button { border: 1px solid var(--accent); background: var(--paper); color: var(--ink); border-radius: 18px; padding: 6px 14px; min-height: 36px; }
.answers button[aria-pressed='true'] { background: var(--accent); color: var(--paper); }
.answers button:disabled { cursor: default; }
.state { margin: 0; padding: 4px 16px; font-size: 14px; min-height: 0; } .state:empty { display: none; }
form { display: flex; gap: 8px; padding: 12px; border-top: 1px solid var(--line); }
textarea { flex: 1; resize: none; height: 44px; padding: 9px 12px; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); }
.send { border: 0; border-radius: 12px; padding: 0 16px; background: var(--accent); color: var(--paper); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 480px) { :host([open]) { inset: 0; } :host([open]) .panel { width: 100%; height: 100%; border: 0; border-radius: 0; } }
`;

/**
 * @typedef {{ from: 'customer' | 'shop', key: string, text?: string, title?: string, body?: string, url?: string | null,
 *   image?: string | null, answers?: { answer: string, label: string }[] }} Message
 */

class TabijiChat extends HTMLElement {
  #root = this.attachShadow({ mode: 'open' });
  #after = 0;
  #token = '';
  #unread = 0;
  #isConnected = false;
  /** @type {AbortController | null} */
  #reading = null;
  #isOffline = false;
  #hasFailed = false;
  /** Own messages that are shown and not yet read back. @type {Map<string, HTMLElement>} */
  #sent = new Map();

  get #locale() {
    return this.lang || document.documentElement.lang || navigator.language;
  }

  get #words() {
    return /^ja\b/i.test(this.#locale) ? words.ja : words.en;
  }

  connectedCallback() {
    this.#isConnected = true;
    if (!this.#root.firstChild) this.#build();
    void this.#follow();
  }

  disconnectedCallback() {
    this.#isConnected = false;
    this.#reading?.abort();
  }

  #build() {
    const { open, close, title, placeholder, send, empty } = this.#words;
    const sheet = element('style');
    sheet.textContent = style;
    const launch = element('button', { class: 'launch', type: 'button', 'aria-label': open, 'aria-expanded': 'false' });
    launch.append(bubble(), element('span', { class: 'badge', hidden: '' }));
    launch.addEventListener('click', () => this.#show(true));
    const panel = element('section', { class: 'panel', role: 'dialog', 'aria-label': title, hidden: '' });
    const header = element('div', { class: 'head' });
    const heading = element('h2');
    heading.textContent = title;
    const closing = element('button', { class: 'close', type: 'button' });
    closing.textContent = close;
    closing.addEventListener('click', () => this.#show(false));
    header.append(heading, closing);
    const log = element('div', {
      class: 'log',
      role: 'log',
      'aria-live': 'polite',
      tabindex: '0',
      'aria-label': title,
    });
    const hint = element('p', { class: 'said hint' });
    hint.textContent = empty;
    log.append(hint);
    const state = element('p', { class: 'state', role: 'status' });
    const form = element('form');
    const text = /** @type {HTMLTextAreaElement} */ (
      element('textarea', { 'aria-label': placeholder, placeholder, maxlength: '2000', rows: '1' })
    );
    const button = element('button', { class: 'send', type: 'submit' });
    button.textContent = send;
    form.append(text, button);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#say(text);
    });
    text.addEventListener('keydown', (event) => {
      // While Japanese is being composed, Enter chooses a word.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.#say(text);
    });
    panel.addEventListener('keydown', (event) => event.key === 'Escape' && this.#show(false));
    panel.append(header, log, state, form);
    this.#root.append(sheet, launch, panel);
  }

  /** @param {boolean} isOpen */
  #show(isOpen) {
    this.toggleAttribute('open', isOpen);
    this.#part('.panel').hidden = !isOpen;
    const launch = this.#part('.launch');
    launch.hidden = isOpen;
    launch.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return launch.focus();
    this.#count(0);
    this.#part('textarea').focus();
    this.#part('.log').scrollTo({ top: 1e9 });
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }

  /** @param {number} unread */
  #count(unread) {
    this.#unread = unread;
    const badge = this.#part('.badge');
    badge.hidden = unread === 0;
    badge.textContent = String(unread);
    const { open, unread: label } = this.#words;
    this.#part('.launch').setAttribute('aria-label', unread > 0 ? `${open} (${label}: ${unread})` : open);
  }

  /** Reads what is said for as long as the element is in the page, and comes again after whatever ends it. */
  async #follow() {
    for (let pauseMs = 1_000; this.#isConnected; pauseMs = Math.min(pauseMs * 2, 30_000)) {
      try {
        if (!this.#token) this.#token = await this.#open();
        await this.#read(() => {
          pauseMs = 1_000;
          this.#tell({ isOffline: false });
        });
      } catch {
        if (this.#isConnected) this.#tell({ isOffline: true });
      }
      if (this.#isConnected) await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }

  async #open() {
    const body = JSON.stringify({ anonymousId: this.getAttribute('anonymous-id') ?? anonymousId() });
    const headers = { authorization: `Bearer ${this.getAttribute('key')}`, 'content-type': 'application/json' };
    const answer = await fetch(this.#address('/chat/sessions'), { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the chat cannot be opened (${answer.status})`);
    return (await answer.json()).token;
  }

  /** @param {() => void} connected */
  async #read(connected) {
    this.#reading = new AbortController();
    const headers = { authorization: `Bearer ${this.#token}`, 'last-event-id': String(this.#after) };
    const answer = await fetch(this.#address('/chat/messages'), { headers, signal: this.#reading.signal });
    if (answer.status === 401) this.#token = '';
    if (!answer.ok || !answer.body) throw new Error(`the chat cannot be read (${answer.status})`);
    connected();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (rest + part.value).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) this.#take(event);
    }
  }

  /** @param {string} event */
  #take(event) {
    const id = Number(/^id: (\d+)$/m.exec(event)?.[1] ?? 0);
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (!data || id <= this.#after) return;
    this.#after = id;
    /** @type {Message} */
    const message = JSON.parse(data);
    if (message.from === 'customer' && this.#sent.delete(message.key)) return;
    this.#append(message);
    if (message.from === 'shop' && !this.hasAttribute('open')) this.#count(this.#unread + 1);
  }

  /** @param {Message} message */
  #append(message) {
    this.#root.querySelector('.hint')?.remove();
    const said = element('div', { class: `said ${message.from}` });
    const who = element('span', { class: 'unseen' });
    who.textContent = `${message.from === 'customer' ? this.#words.you : this.#words.shop}: `;
    said.append(who);
    if (message.title) said.append(textOf('h3', message.title));
    if (isAddress(message.image)) said.append(element('img', { src: String(message.image), alt: '' }));
    said.append(textOf('p', message.text ?? message.body ?? ''));
    if (isAddress(message.url)) {
      const link = element('a', { href: String(message.url) });
      link.textContent = this.#words.more;
      said.append(link);
    }
    if (message.answers?.length) said.append(this.#answers(message));
    const log = this.#part('.log');
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    log.append(said);
    if (isAtEnd || message.from === 'customer') log.scrollTo({ top: 1e9 });
    return said;
  }

  /** @param {Message} message */
  #answers({ key, answers = [] }) {
    const group = element('div', { class: 'answers', role: 'group' });
    for (const { answer, label } of answers) {
      const button = /** @type {HTMLButtonElement} */ (element('button', { type: 'button', 'aria-pressed': 'false' }));
      button.textContent = label;
      button.addEventListener('click', async () => {
        const isTaken = await this.#post('/chat/answers', { key, answer });
        this.#tell({ hasFailed: !isTaken });
        if (!isTaken) return;
        button.setAttribute('aria-pressed', 'true');
        for (const other of group.querySelectorAll('button')) other.disabled = true;
      });
      group.append(button);
    }
    return group;
  }

  /** @param {HTMLTextAreaElement} field */
  async #say(field) {
    const text = field.value.trim();
    if (text === '') return;
    const id = crypto.randomUUID();
    field.value = '';
    this.#tell({ hasFailed: false });
    // Shown at once; it gives way to the same message when that is read back.
    const shown = this.#append({ from: 'customer', key: id, text });
    this.#sent.set(id, shown);
    const isTaken = await this.#post('/chat/messages', { id, text, locale: this.#locale });
    if (isTaken) return;
    this.#sent.delete(id);
    shown.remove();
    field.value = field.value === '' ? text : field.value;
    this.#tell({ hasFailed: true });
  }

  /**
   * What stands in the way, as far as it has changed; that a message could not be sent stays until the next one goes.
   * @param {{ isOffline?: boolean, hasFailed?: boolean }} changed
   */
  #tell({ isOffline = this.#isOffline, hasFailed = this.#hasFailed }) {
    this.#isOffline = isOffline;
    this.#hasFailed = hasFailed;
    const { failed, offline } = this.#words;
    this.#part('.state').textContent = [hasFailed ? failed : '', isOffline ? offline : ''].filter(Boolean).join(' ');
  }

  /** @param {string} path @param {object} body */
  async #post(path, body) {
    const request = async () => {
      if (!this.#token) this.#token = await this.#open();
      const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
      return fetch(this.#address(path), { method: 'POST', headers, body: JSON.stringify(body) });
    };
    for (const pauseMs of [0, 1_000, 3_000]) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      try {
        const answer = await request();
        if (answer.ok) return true;
        if (answer.status === 401) this.#token = '';
        else if (answer.status < 500 && answer.status !== 429) return false;
      } catch {
        // Away for a moment: the same id makes a repeat harmless.
      }
    }
    return false;
  }

  /** @param {string} path */
  #address(path) {
    return `${(this.getAttribute('server') ?? '').replace(/\/+$/, '')}${path}`;
  }
}

/** @param {string} name @param {{ [name: string]: string }} [attributes] */
function element(name, attributes = {}) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

/** @param {string} name @param {string} text */
function textOf(name, text) {
  const made = element(name);
  made.textContent = text;
  return made;
}

/** Nothing else is followed: a `javascript:` address would run here. @param {unknown} text */
function isAddress(text) {
  return typeof text === 'string' && /^https?:\/\//i.test(text);
}

function bubble() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute(
    'd',
    'M12 3C6.5 3 2 6.6 2 11c0 2.5 1.4 4.7 3.6 6.2L5 21l4.3-2.3c.9.2 1.8.3 2.7.3 5.5 0 10-3.6 10-8s-4.5-8-10-8z',
  );
  svg.append(path);
  return svg;
}

if (!customElements.get('tabiji-chat')) customElements.define('tabiji-chat', TabijiChat);
