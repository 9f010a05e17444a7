// Audience members in memory: what is wanted. Nobody tells a platform anything here.
import type { AudienceMember } from '../engine/core/audience.ts';
import type { NewConversion } from '../engine/ports.ts';
import type { Tables } from './memory-tables.ts';

export function audiencesOn(t: Tables) {
  const put = (member: AudienceMember) => void t.audiences.set(member.id, structuredClone(member));
  return {
    async audienceMembers(customerId: string) {
      const own = [...t.audiences.values()].filter((member) => member.customerId === customerId);
      return structuredClone(own.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)));
    },
    async saveAudienceMember(member: AudienceMember) {
      put(member);
    },
    async joinAudienceMembers(into: AudienceMember, from: string) {
      t.audiences.delete(from);
      put(into);
    },
    async addConversion(conversion: NewConversion) {
      const key = `${conversion.platform} ${conversion.eventId}`;
      if (!t.conversions.has(key)) t.conversions.set(key, { ...conversion });
    },
    async dueAudiences(at: number, limit: number) {
      const ends = new Map<string, number>();
      for (const { customerId, endsAt } of t.audiences.values())
        if (endsAt !== null && endsAt <= at) ends.set(customerId, Math.min(endsAt, ends.get(customerId) ?? endsAt));
      const due = [...ends].map(([customerId, endsAt]) => ({ customerId, endsAt }));
      return due.sort((a, b) => a.endsAt - b.endsAt || (a.customerId < b.customerId ? -1 : 1)).slice(0, limit);
    },
  };
}

function nameOf({ platform, audience }: AudienceMember): string {
  return `${platform} ${audience}`;
}
