// What an address names. The router decodes in part, so that an id with a `%` or a slash would be another one.
import { useLocation, useSearch } from 'wouter';

/** The last part of the address, as it was before it was put there: ids may hold anything. */
export function useLastPart(): string {
  useLocation();
  const raw = window.location.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** One value behind the `?`, likewise; empty: it is not there. */
export function useAsked(name: string): string {
  useSearch();
  return new URLSearchParams(window.location.search).get(name) ?? '';
}
