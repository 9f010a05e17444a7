// Ecwid signs its webhooks' id and nothing else: what they are about is read from its REST API.
// https://docs.ecwid.com/api-reference/rest-api
import { CallerError } from '../errors.ts';

/** The entity; null where there is none (any more). Throws `overloaded` where Ecwid does not answer: it is to send again. */
export interface EcwidApi {
  order(id: string): Promise<unknown>;
  customer(id: string): Promise<unknown>;
}

export interface EcwidAccess {
  storeId: string;
  accessToken: string;
  /** Another address than Ecwid's, for tests. */
  url?: string | undefined;
}

/** Ecwid waits ten seconds for our answer. */
const patienceMs = 5_000;
const mostBytes = 1024 * 1024;

export function createEcwidApi({ storeId, accessToken, url = 'https://app.ecwid.com' }: EcwidAccess): EcwidApi {
  async function read(path: string): Promise<unknown> {
    const address = new URL(`/api/v3/${encodeURIComponent(storeId)}${path}`, url);
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    try {
      const answer = await fetch(address, { headers, redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
      if (answer.status === 404) return null;
      if (answer.status === 401 || answer.status === 403) throw away('Ecwid refuses ECWID_ACCESS_TOKEN; check it');
      if (!answer.ok) throw away('Ecwid cannot be asked at the moment; send it again');
      const text = await answer.text();
      if (text.length > mostBytes) throw away('Ecwid answers with more than can be read');
      return JSON.parse(text);
    } catch (error) {
      if (error instanceof CallerError) throw error;
      throw away('Ecwid cannot be asked at the moment; send it again');
    }
  }
  return {
    order: (id) => read(`/orders/${encodeURIComponent(id)}`),
    customer: (id) => read(`/customers/${encodeURIComponent(id)}`),
  };
}

const away = (sentence: string) => new CallerError('overloaded', sentence);
