// The chat on the shop's own pages. What it accepts is in our database under its key, so that it is unknown whether a
// message went only while the database itself cannot be asked.
import type { Channel, Outcome } from '../../engine/channel.ts';
import { type ChatPorts, say } from '../../engine/chat.ts';
import { errorCode } from '../../engine/error-code.ts';

/** A transaction on our own database takes milliseconds; longer, and it is in trouble. */
const longestCallMs = 15_000;

export function siteChannel(ports: ChatPorts): Channel {
  return {
    name: 'site',
    longestCallMs,
    async attempt({ key, to, rendered }, claim, signal): Promise<Outcome> {
      if (!('body' in rendered)) return { kind: 'message_rejected', code: 'form' };
      if (signal.aborted) return { kind: 'retry', code: 'aborted' };
      if (!(await claim())) return { kind: 'not_claimed' };
      const once = () => say(ports, { customerId: to, channel: 'site', key, from: 'journey', content: rendered });
      try {
        // A commit whose answer was lost is found by its key.
        const said = await once().catch(once);
        if (said === 'gone') return { kind: 'recipient_gone', code: 'erased' };
        return { kind: said === 'said' ? 'accepted' : 'duplicate' };
      } catch (error) {
        return { kind: 'unknown', code: errorCode(error).code || 'database' };
      }
    },
    async close() {},
  };
}
