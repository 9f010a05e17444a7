// Meta's Conversions API: goals that were reached, reported by the server. An event that the shop's pages report, too, is
// one, if both give it the same id.
// https://developers.facebook.com/documentation/ads-commerce/conversions-api/parameters/server-event
import type { Identifiers } from '../../engine/audience-platform.ts';
import type { Conversion, ConversionPlatform } from '../../engine/conversion-sync.ts';
import { callPlatform } from './call.ts';
import { identifyForMeta, type MetaOptions, metaHeaders, metaUrl, proofOf } from './meta.ts';
import { metaRefusal } from './meta-error.ts';

/** An event that is older has its whole call refused; an hour less, for the call and clocks that differ. */
const oldestMs = (7 * 24 - 1) * 3_600_000;

export function metaConversions(options: MetaOptions): ConversionPlatform {
  const { longestCallMs = 60_000 } = options;
  return {
    name: 'meta',
    most: 1_000,
    longestCallMs,
    oldestMs,
    identify: identifyForMeta,
    async tell(conversions) {
      const answer = await callPlatform({
        method: 'POST',
        url: `${metaUrl(options)}/${conversions[0]!.dataset}/events`,
        headers: metaHeaders(options),
        body: { ...proofOf(options), data: conversions.map(eventOf) },
        timeoutMs: longestCallMs,
      });
      if ('kind' in answer) return answer;
      const refusal = metaRefusal(answer);
      if (refusal) return refusal;
      const { events_received: received, fbtrace_id: trace } = answer.json;
      const requestId = typeof trace === 'string' ? trace : undefined;
      const invalid = typeof received === 'number' ? conversions.length - received : 0;
      return { kind: 'accepted', requestId, invalid: Math.max(0, invalid) };
    },
  };
}

function eventOf({ event, at, eventId, user, worth }: Conversion) {
  return {
    event_name: event,
    event_time: Math.floor(at / 1000),
    event_id: eventId,
    // What came from a page has its browser with it, which nobody keeps here.
    action_source: 'system_generated',
    user_data: userDataOf(user),
    ...(worth && { custom_data: worth }),
  };
}

function userDataOf({ EMAIL, PHONE, FN, LN }: Identifiers) {
  return {
    ...(EMAIL && { em: [EMAIL] }),
    ...(PHONE && { ph: [PHONE] }),
    ...(FN && { fn: [FN] }),
    ...(LN && { ln: [LN] }),
  };
}
