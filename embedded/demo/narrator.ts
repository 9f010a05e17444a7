// What the terminal tells while the two weeks go by: day by day what happens, and where to look.
import type { Figures } from './figures.ts';
import type { Scene } from './story.ts';

export interface Narrator {
  /** A new day, and how things stand in the morning. */
  day(number: number, at: number, stands: Pick<Figures, 'sent' | 'journeys' | 'silences'> | null): void;
  scene(scene: Scene): void;
  /** What came of it, and what is worth a look. */
  end(figures: Figures): void;
}

const inTokyo = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', ...options });
const dayForm = inTokyo({ weekday: 'long', day: 'numeric', month: 'long' });

export function createNarrator(say: (line: string) => void, url: string): Narrator {
  return {
    day(number, at, stands) {
      say('');
      say(`Day ${number}, ${dayForm.format(at)}${stands ? `   (so far ${soFar(stands)})` : ''}`);
    },
    scene({ at, says, look }) {
      if (says === undefined) return;
      say(`  ${clockTime(at)}  ${says}${look ? `\n         ${url}${look}` : ''}`);
    },
    end(figures) {
      say(['', 'What came of it', ...table(figures), '', ...summary(figures), ''].join('\n'));
    },
  };
}

/** The first lines: what one needs before anything happens. */
export function prologue(url: string, token: string, minutes: number): string {
  const duration = minutes < 1 ? 'less than a minute' : `about ${Math.round(minutes)} minutes`;
  return [
    '',
    `旅路商店 is a small shop that does not exist. Its next two weeks take ${duration}.`,
    '',
    `Pages      ${url}/journeys  (sign in with ${token})`,
    `Mailbox    ${url}/mailbox`,
    `Inbox      ${url}/inbox`,
    'Ctrl-C ends it.',
  ].join('\n');
}

/** The last ones, where it stays up. */
export function epilogue(url: string, folder: string): string {
  return [
    'Worth a look',
    `  ${url}/journeys/cart-abandonment   who was reminded, who was not and why, and the held out beside them`,
    `  ${url}/customers/hanako            from the welcome to ten of ten`,
    `  ${url}/customers/taro              an exit that kept a message back`,
    `  ${url}/customers/sho               silence, with what would have had to be true`,
    `  ${url}/inbox                       who wants an answer from a person`,
    `  ${url}/mailbox                     every mail as it was sent`,
    `  ${url}/shop                        the shop itself: sign up, and see what comes`,
    '',
    'It stays up, and time now goes at its ordinary pace. Ctrl-C ends it;',
    `TABIJI_HOME=${folder} npm start -- --speed 1440 goes on from here, and the next npm run demo begins anew.`,
    '',
  ].join('\n');
}

function soFar({ sent, journeys, silences }: Pick<Figures, 'sent' | 'journeys' | 'silences'>): string {
  const entered = journeys.reduce((total, one) => total + one.entered, 0);
  const silent = Object.values(silences).reduce((total, one) => total + one, 0);
  return `${entered} entries, ${sent} sent, ${silent} not sent`;
}

function table({ journeys }: Figures): string[] {
  const head = ['journey', 'entered', 'sent', 'not sent', 'goals', 'other exits'];
  const rows = journeys.map((one) => [one.name, one.entered, one.sent, one.notSent, one.goals, one.exits].map(String));
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')}`;
  return [head, ...rows].map(line);
}

function summary({ silences, passedOver, exits, waiting, unknown, stuck }: Figures): string[] {
  return [
    `  Not sent, by reason   ${listed(silences)}`,
    `  Channels passed over  ${passedOver}, for want of an address there`,
    `  Left without a goal   ${listed(exits)}`,
    `  Wait for a person     ${waiting}`,
    `  In doubt, stuck       ${unknown}, ${stuck}`,
  ];
}

function listed(counts: { [name: string]: number }): string {
  const all = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return all.length > 0 ? all.join(', ') : 'none';
}

function clockTime(at: number): string {
  const minutes = at % (24 * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
