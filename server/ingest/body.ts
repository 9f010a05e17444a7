// From bytes to JSON, by what the bytes are: clients send gzip under a form's content type, and JSON as text/plain.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CallerError, tooLarge } from '../errors.ts';

const inflate = promisify(gunzip);

/** Plain bytes of a body. Refuses one that grows beyond `limit` bytes, at the moment it does (a gzip bomb costs no more). */
export async function plainBytes(raw: Buffer, limit: number): Promise<Buffer> {
  if (!isGzip(raw)) return raw;
  try {
    return await inflate(raw, { maxOutputLength: limit });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new CallerError('invalid', 'the gzip data is broken; send the body again');
  }
}

/** The JSON in a body. The parser's own message would quote the body, so ours stands instead. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new CallerError('invalid', 'the body is not JSON in UTF-8');
  }
}

function isGzip(raw: Buffer): boolean {
  return raw[0] === 0x1f && raw[1] === 0x8b;
}
