// JSON whose whole numbers are ids: one that a JavaScript number cannot hold becomes text, digit by digit. Shopify's test
// notifications have such ids, and a rounded one would be somebody else's.
import { jsonOf } from '../ingest/body.ts';

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Throws `invalid` where it is not JSON in UTF-8. */
export function exactJsonOf(bytes: Buffer): unknown {
  const value = jsonOf(bytes);
  const text = bytes.toString();
  let isExact = true;
  const quoted = text.replace(stringOrNumber, (token) => {
    if (!/^-?\d{16,}$/.test(token) || Number.isSafeInteger(Number(token))) return token;
    isExact = false;
    return `"${token}"`;
  });
  return isExact ? value : JSON.parse(quoted);
}
