// A small journeys folder on disk for tests of the command, with what a case changes laid over it.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const base: { [path: string]: string } = {
  'settings.yaml':
    'brand: { name: 旅路商店, postal_address: 東京都, contact: support@shop.example }\ntime_zone: Asia/Tokyo\nlocale: ja\n' +
    'channels: { email: { from: "旅路商店 <hello@shop.example>" } }\n',
  'events.yaml': 'signed_up:\n  properties: { source: string? }\n',
  'welcome.yaml':
    'journey: welcome\npurpose: transactional\nenter: { on: signed_up }\nsteps:\n' +
    '  - wait: 1 day\n  - send: hello\n    by: email\n',
  'messages/hello/email.liquid': '---\nsubject: Hello\npurpose: transactional\n---\n<p>Hello, and welcome.</p>\n',
  'tests/welcome.test.yaml': `journey: welcome
customer: { id: c1, email: c1@example.com }
tests:
  - name: greeted the day after
    given: [{ at: "2026-05-01 10:00", event: signed_up }]
    expect: [{ at: "2026-05-02 10:00", send: hello, contains: welcome }]
  - name: entered once
    given:
      - { at: "2026-05-01 10:00", event: signed_up }
      - { at: "2026-05-09 10:00", event: signed_up }
    expect: [{ send: hello }, { not_entered: again }]
`,
};

/** Writes the folder; `journeys` is its path. A file given as null is left out. */
export async function journeysFolder(changes: { [path: string]: string | null } = {}): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'tabiji-')), 'journeys');
  for (const [path, text] of Object.entries({ ...base, ...changes })) {
    if (text === null) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** What a command writes. */
export function output(): { out: (text: string) => void; text: () => string } {
  let written = '';
  return {
    out: (text) => {
      written += text;
    },
    text: () => written,
  };
}

/** The text with the folder's own path taken out, so that it can be compared. */
export function within(folder: string, text: string): string {
  return text.replaceAll(folder, 'journeys');
}
