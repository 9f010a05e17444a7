// The links that are counted in a mail. A token names a delivery and a link's number, and is signed: where the link leads
// stands in the stored mail, so that nobody can make one of these lead anywhere else.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TrackingAddresses } from '../activities/channels/email-bytes.ts';
import { keyOfTag, mailTag } from '../engine/message-id.ts';
import { linkUnder } from './signed-token.ts';

/** `publicUrl` may have a path and a final slash. Null for the key of no delivery of ours. */
export function trackingUrls(secret: string, publicUrl: string): TrackingAddresses {
  const url = (path: string, token: string | null) => token && linkUnder(publicUrl, `${path}/${token}`);
  return {
    own: ['u', 'a', 'c', 'o'].map((path) => linkUnder(publicUrl, `${path}/`)),
    link: (key, n) => url('c', clickToken(secret, key, n)),
    pixel: (key) => url('o', openToken(secret, key)),
  };
}

export function clickToken(secret: string, key: string, n: number): string | null {
  const tag = mailTag(key);
  return tag && `${tag}~${n}~${signature(secret, 'click', `${tag}~${n}`)}`;
}

export function openToken(secret: string, key: string): string | null {
  const tag = mailTag(key);
  return tag && `${tag}~${signature(secret, 'open', tag)}`;
}

/** What a token says, or null if it was not signed with this secret. */
export function readClickToken(secret: string, token: string): { key: string; link: number } | null {
  const [, tag = '', link = '', given = ''] = /^([\w.-]{1,60})~(\d{1,5})~([\w-]{22})$/.exec(token) ?? [];
  const key = keyOfTag(tag);
  return key !== null && isSame(given, signature(secret, 'click', `${tag}~${link}`))
    ? { key, link: Number(link) }
    : null;
}

export function readOpenToken(secret: string, token: string): { key: string } | null {
  const [, tag = '', given = ''] = /^([\w.-]{1,60})~([\w-]{22})$/.exec(token) ?? [];
  const key = keyOfTag(tag);
  return key !== null && isSame(given, signature(secret, 'open', tag)) ? { key } : null;
}

/** 128 bits of it; the word keeps a signature made for another kind of link from passing here. */
function signature(secret: string, kind: 'click' | 'open', content: string): string {
  const digest = createHmac('sha256', secret).update(`tabiji ${kind} 1\n${content}`).digest();
  return digest.subarray(0, 16).toString('base64url');
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
