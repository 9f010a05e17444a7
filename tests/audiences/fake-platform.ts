// A platform in memory: lists as sets, scripted refusals, and a record of each call.
import type { AudienceCall, AudienceOutcome, AudiencePlatform } from '../../engine/audience-platform.ts';

export interface FakePlatform extends AudiencePlatform {
  calls: AudienceCall[];
  /** What the next calls come to; what is listed here is not carried out, unless it is `accepted`. */
  script: AudienceOutcome[];
  /** Members that it cannot read, by their email. */
  unreadable: Set<string>;
  /** Unreadable members make it refuse the whole call, as Google does; else it counts them, as Meta does. */
  refusesAll: boolean;
  /** Emails in a list. */
  members(list: string): string[];
}

export function fakePlatform(name = 'meta', most = 10): FakePlatform {
  const lists = new Map<string, Set<string>>();
  const fake: FakePlatform = {
    name,
    most,
    longestCallMs: 1000,
    calls: [],
    script: [],
    unreadable: new Set(),
    refusesAll: false,
    members: (list) => [...(lists.get(list) ?? [])].toSorted(),
    identify: ({ email }) => (typeof email === 'string' ? { email } : null),
    async tell(call) {
      fake.calls.push(structuredClone(call));
      const scripted = fake.script.shift();
      if (scripted && scripted.kind !== 'accepted') return scripted;
      const emails = call.members.map(({ email }) => email!);
      const bad = emails.filter((email) => fake.unreadable.has(email));
      if (fake.refusesAll && bad.length > 0) return { kind: 'rejected', code: 'INVALID_ARGUMENT' };
      const own = lists.get(call.list) ?? new Set();
      lists.set(call.list, own);
      for (const email of emails.filter((one) => !bad.includes(one)))
        if (call.change === 'add') own.add(email);
        else own.delete(email);
      return { kind: 'accepted', requestId: `r${fake.calls.length}`, invalid: bad.length };
    },
  };
  return fake;
}
