// What each error code means to who gets it, as GET /openapi.json says it.
import type { ErrorKind } from '../errors.ts';

export const meanings: { [kind in ErrorKind]: string } = {
  invalid: 'It can never be right as it is: mend it. Sending it again does not help.',
  unauthorized: 'No key, or one that is not known.',
  forbidden: 'This key, or this session, may not do this.',
  not_found: 'There is no such thing.',
  conflict: 'It is too late, or something else stands in its way, which the message names.',
  too_large: 'More than this route takes: send less at a time.',
  rejected: 'Nothing was published: the diagnostics say what to mend.',
  limited: 'This key has had its share: send the same again after Retry-After seconds.',
  overloaded: 'Too much at once, or the database is away: send the same again after Retry-After seconds.',
};
