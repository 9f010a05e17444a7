// What /tabiji.js has, for TypeScript. Made by the compiler from tabiji.js; a test holds the two together.
export type Options = {
    server: string;
    key: string;
    consentUrl?: string;
};
export type Consent = {
    channel: string;
    purpose?: string;
    state?: 'granted' | 'withdrawn';
    evidence?: Values;
};
export type Values = {
    [name: string]: unknown;
};
export type Call = {
    url?: string;
    path?: string;
    body: Values;
};
/**
 * Opens the way to the server. One for each page is enough.
 * @param {Options} options
 */
export declare function createTabiji({ server, key, consentUrl }: Options): {
    /** This browser's own random id: what the chat and anonymous events go by. */
    anonymousId: typeof anonymousId;
    /**
     * Something happened: `track('Product Viewed', { product_id: 'A' })`.
     * @param {string} event
     * @param {Values} [properties]
     */
    track: (event: string, properties?: Values) => Promise<void>;
    /**
     * A page was seen.
     * @param {string} [name]
     * @param {Values} [properties]
     */
    page: (name?: string, properties?: Values) => Promise<void>;
    /**
     * Says who this browser belongs to, after a login. What the shop knows of them (email, consent) comes from the
     * shop's own server: this key cannot say it.
     * @param {string} id
     * @param {Values} [traits]
     */
    identify(id: string, traits?: Values): Promise<void>;
    /**
     * What this browser's visitor agreed to, or took back: `consent({ channel: 'push', evidence: { button: 'Allow' } })`.
     * It goes to the shop's own server, which knows who is signed in and passes it on: this key cannot say it.
     * @param {Consent} said
     */
    consent({ channel, purpose, state, evidence }: Consent): Promise<void>;
    /** After a logout: a new visitor. What is unsent goes first, as who it was. */
    reset(): void;
};
/** This browser's own random id; made once. @returns {string} */
export declare function anonymousId(): string;
