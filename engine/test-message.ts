// A mail that somebody sends to themselves to see it arrive: marked, dated now, nobody's delivery. It counts nothing and
// carries no link that acts for the customer it was filled for (`previewMessage` made it).
import type { Outbound } from './channel.ts';
import type { Rendered } from './core/content.ts';
import type { Settings } from './core/settings.ts';
import { senderOf } from './message.ts';

/** @param id of this test, under which the mail's own id is made */
export function testMail(rendered: Rendered, to: string, settings: Settings, id: string): Outbound {
  const mark = rendered.locale.startsWith('ja') ? '【テスト】' : '[Test] ';
  return {
    key: `test-${id}`,
    to,
    rendered: { ...rendered, subject: `${mark}${rendered.subject}` },
    sender: senderOf(settings, 'email'),
    unsubscribeUrl: null,
  };
}
