// A token that says something, and that nobody can make or change without the installation's secret. It is no secret
// itself: whoever holds it can read it, so it holds ids and words only.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Json } from '../engine/core/schema.ts';

/** `<form>.<fields>.<HMAC-SHA256>`, both base64url. A token of one `kind` never passes as one of another. */
export function signToken(secret: string, kind: string, fields: Json[], form = '1'): string {
  const content = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `${form}.${content}.${signature(secret, kind, content).toString('base64url')}`;
}

/** The fields, or null if it was not signed so. Constant in time for tokens of one length. */
export function readToken(secret: string, kind: string, token: string, form = '1'): unknown[] | null {
  const parts = /^(\d)\.([A-Za-z0-9_-]{1,2000})\.([A-Za-z0-9_-]{43})$/.exec(token);
  const [, givenForm, content = '', given = ''] = parts ?? [];
  if (givenForm !== form || !timingSafeEqual(signature(secret, kind, content), Buffer.from(given, 'base64url')))
    return null;
  return JSON.parse(Buffer.from(content, 'base64url').toString()) as unknown[];
}

/** What a link begins with: `publicUrl` may have a path and a final slash. */
export function linkUnder(publicUrl: string, path: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/${path}`;
}

function signature(secret: string, kind: string, content: string): Buffer {
  return createHmac('sha256', secret).update(`tabiji ${kind} 1\n${content}`).digest();
}
