// Bounces and complaints as mail servers write them (RFC 3464, RFC 5965), and what is neither.
import { describe, expect, it, test } from 'vitest';
import { readMailReport } from '../../activities/channels/mail-report.ts';

const key = '0190a5c0-7f00-7000-8000-000000000001/3';
const tag = '0190a5c0-7f00-7000-8000-000000000001.3';

interface Shape {
  to?: string;
  message?: string;
  recipient?: string;
  original?: string;
  originalType?: string;
}

const failed = (status: string, diagnostic: string) =>
  `Final-Recipient: rfc822; hanako@example.com\nAction: failed\nStatus: ${status}\nDiagnostic-Code: ${diagnostic}`;

/** As Postfix writes it. */
function bounce({ to = 'hello@shop.example', message, recipient, original, originalType }: Shape = {}): Buffer {
  const text = `Date: Sat, 21 Nov 2026 09:31:00 +0900 (JST)
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ${to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4F2A.1637454660/mx.example.com"
Message-Id: <20261121003100.4F2A@mx.example.com>

--4F2A.1637454660/mx.example.com
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4F2A.1637454660/mx.example.com
Content-Description: Delivery report
Content-Type: message/delivery-status

${message ?? 'Reporting-MTA: dns; mx.example.com\nX-Postfix-Queue-ID: 4F2A\nArrival-Date: Sat, 21 Nov 2026 09:30:58 +0900 (JST)'}

${recipient ?? failed('5.1.1', 'smtp; 550 5.1.1 <hanako@example.com>: Recipient address\n    rejected: User unknown in virtual mailbox table')}

--4F2A.1637454660/mx.example.com
Content-Description: Undelivered Message
Content-Type: ${originalType ?? 'message/rfc822'}

${original ?? `From: =?UTF-8?B?5peF6Lev5ZWG5bqX?= <hello@shop.example>\nMessage-ID:\n <${tag}@shop.example>\nSubject: Hi\n\nHello\n`}
--4F2A.1637454660/mx.example.com--
`;
  return Buffer.from(text.replaceAll('\n', '\r\n'));
}

const one = async (shape: Shape = {}) => (await readMailReport(bounce(shape)))[0];

describe('a bounce', () => {
  it('names its delivery, address, code and moment', async () => {
    expect(await readMailReport(bounce())).toEqual([
      {
        ...{ kind: 'bounced', source: 'bounce', key, address: 'hanako@example.com', code: '5.1.1' },
        at: Date.parse('2026-11-21T00:31:00Z'),
      },
    ]);
  });

  test.each([
    ['5.1.0', 'bounced'],
    ['5.1.1', 'bounced'],
    ['5.1.2', 'bounced'],
    ['5.1.3', 'bounced'],
    ['5.1.6', 'bounced'],
    ['5.1.10', 'bounced'],
    ['5.2.1', 'bounced'],
    ['5.2.2', 'returned'],
    ['4.2.2', 'returned'],
    ['5.7.1', 'returned'],
    ['5.7.26', 'returned'],
    ['5.7.515', 'returned'],
    ['4.4.7', 'returned'],
    ['5.3.0', 'returned'],
  ])('with %s is %s', async (status, kind) => {
    expect(await one({ recipient: failed(status, `smtp; 550 ${status} no`) })).toMatchObject({ kind, code: status });
  });

  // What went wrong elsewhere: 5.0.0 says nothing, and the code that says it all stands behind it.
  test.each([
    ['5.0.0', 'smtp; 550 5.1.1 The email account that you tried to reach does not exist', 'bounced', '5.1.1'],
    ['5.0.0', 'smtp; 550 hanako@example.com: User unknown', 'bounced', '5.0.0'],
    ['5.0.0', 'smtp; 550 Message rejected as spam', 'returned', '5.0.0'],
    ['5.1.1', 'smtp; 550 5.7.1 Service refused', 'returned', '5.7.1'],
    ['5.2.2', 'x-unix; mailbox full', 'returned', '5.2.2'],
  ])('with %s and "%s" is %s', async (status, diagnostic, kind, code) => {
    expect(await one({ recipient: failed(status, diagnostic) })).toMatchObject({ kind, code });
  });

  test.each([
    ['delayed', 'delayed'],
    ['delivered', 'delivered'],
    ['relayed', 'delivered'],
    ['Expanded', 'delivered'],
  ])('whose action is %s is %s: nobody is blamed', async (action, kind) => {
    const recipient = `Final-Recipient: rfc822; hanako@example.com\nAction: ${action}\nStatus: 5.1.1`;
    expect(await one({ recipient })).toMatchObject({ kind });
  });

  it('of an unknown action is none', async () => {
    expect(await readMailReport(bounce({ recipient: 'Final-Recipient: rfc822; a@b.example\nAction: lost' }))).toEqual(
      [],
    );
  });

  it('of two recipients is two', async () => {
    const recipient = `${failed('5.1.1', 'smtp; 550 5.1.1 no')}\n\n${failed('5.2.2', 'smtp; 552 5.2.2 full')}`;
    expect((await readMailReport(bounce({ recipient }))).map(({ kind }) => kind)).toEqual(['bounced', 'returned']);
  });

  it('is told by the address it came to, before all else', async () => {
    const other = '0190a5c0-7f00-7000-8000-000000000002.7';
    const message = `Reporting-MTA: dns; mx.example.com\nOriginal-Envelope-Id: ${tag}`;
    expect(await one({ to: `bounces+${other}@mail.shop.example`, message })).toMatchObject({
      key: other.replace('.', '/'),
    });
    expect(await one({ to: `"Bounces" <bounces+${other}@mail.shop.example>` })).toMatchObject({ key });
  });

  it('is told by its envelope id where the original is missing', async () => {
    const message = `Reporting-MTA: dns; mx.example.com\nOriginal-Envelope-Id: ${tag}`;
    expect(await one({ message, original: 'Subject: Hi\n' })).toMatchObject({ key });
  });

  it('is told by headers alone', async () => {
    const original = `Subject: Hi\nMessage-ID: <${tag}@shop.example>\n`;
    expect(await one({ originalType: 'text/rfc822-headers', original })).toMatchObject({ key });
  });

  test.each([
    'Message-ID: <someone@elses.example>',
    'Subject: Message-ID: <x.1@shop.example>',
    `Subject: Hi\n\nMessage-ID: <${tag}@shop.example>`,
    'Message-ID: <../../1@shop.example>',
  ])('of another mail (%j) names no delivery', async (original) => {
    expect(await one({ original: `${original}\n` })).toMatchObject({ kind: 'bounced', key: null });
  });
});

/** RFC 5965, appendix B.2. */
function complaint(type = 'abuse', more = ''): Buffer {
  const text = `From: <abusedesk@example.com>
Date: Thu, 8 Mar 2026 17:40:36 EDT
Subject: FW: Earn money
To: <abuse@example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP
192.0.2.1 on Thu, 8 Mar 2026 14:00:00 EDT.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <user@example.com>
Source-IP: 192.0.2.1
${more}
--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

Received: from mailserver.example.net by example.com with ESMTP
Date: Thu, 8 Mar 2026 14:00:00 EDT
From: <hello@shop.example>
To: <Undisclosed Recipients>
Message-ID: <${tag}@shop.example>

Spam Spam Spam
--part1_13d.2e68ed54_boundary--
`;
  return Buffer.from(text.replaceAll('\n', '\r\n'));
}

describe('a complaint', () => {
  test.each(['abuse', 'Abuse', 'fraud', 'other', 'opt-out'])('of type %s is one', async (type) => {
    expect(await readMailReport(complaint(type))).toMatchObject([
      { kind: 'complained', source: 'feedback_loop', key, address: 'user@example.com', code: null },
    ]);
  });

  test.each(['not-spam', 'virus', ''])('of type "%s" is none', async (type) => {
    expect(await readMailReport(complaint(type))).toEqual([]);
  });

  it('is told by the return path it quotes', async () => {
    const other = '0190a5c0-7f00-7000-8000-000000000002.7';
    const more = `Original-Mail-From: <bounces+${other}@mail.shop.example>\n`;
    expect(await readMailReport(complaint('abuse', more))).toMatchObject([{ key: other.replace('.', '/') }]);
  });
});

test.each([
  ['an automatic reply', 'Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n'],
  ['a mail from a person', 'From: hanako@example.com\r\nSubject: Re: Hi\r\n\r\n550 5.1.1 User unknown\r\n'],
  ['nothing', ''],
  ['noise', '\u0000\u0001\u0002'],
  ['a report whose parts are missing', 'Content-Type: multipart/report; boundary=x\r\n\r\n--x--\r\n'],
])('%s is no report', async (_what, raw) => {
  expect(await readMailReport(Buffer.from(raw))).toEqual([]);
});
