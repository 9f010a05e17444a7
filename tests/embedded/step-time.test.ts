// The step clock of the whole product: what may be said of it, where its moment is kept, how fast it goes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHome } from '../../embedded/home.ts';
import { readSpeed, timeOf } from '../../embedded/step/home-time.ts';
import { openKeptClock } from '../../embedded/step/kept-clock.ts';
import { createPace } from '../../embedded/step/pace.ts';
import { testFolder } from './folder.ts';

const start = Date.parse('2026-04-01T00:00:00Z');
const hour = 3_600_000;

describe('--speed', () => {
  it.each<[string[], number | undefined]>([
    [[], undefined],
    [['--speed', '1440'], 1440],
    [['--speed=1'], 1],
    [['--speed', '2.5'], 2.5],
  ])('%j is %s', (args, speed) => {
    expect(readSpeed(args)).toBe(speed);
  });

  it.each<[string[], string]>([
    [['--speed', 'abc'], '--speed must be a number from 1 to 10000000, and is "abc"'],
    [['--speed', '0'], 'and is "0"'],
    [['--speed=-5'], 'and is "-5"'],
    [['--speed', '1e3'], 'and is "1e3"'],
    [['--speed', '20000000'], 'and is "20000000"'],
    [['--speed='], 'and is ""'],
    [['--speed'], 'npm start -- --speed 1440'],
    [['--sped', '5'], "Unknown option '--sped'"],
    [['fast'], "Unexpected argument 'fast'"],
  ])('%j is refused, with what to say instead', (args, sentence) => {
    expect(() => readSpeed(args)).toThrow(sentence);
    expect(() => readSpeed(args)).toThrow('--speed 1440');
  });
});

describe('a home', () => {
  async function home() {
    const opened = await openHome(testFolder(), '0.1.0');
    await opened.close();
    return opened;
  }

  it('goes on with stepped time where it stood, also at another speed', async () => {
    const one = await home();
    const first = timeOf(one, {}, 1440, start).stepped!;
    expect(first.now()).toBe(start);
    first.set(start + 5 * hour);
    mkdirSync(one.postgres);
    expect(timeOf(one, {}, 2, start + 99 * hour).clock.now()).toBe(start + 5 * hour);
  });

  it('that was begun in ordinary time is not stepped', async () => {
    const one = await home();
    expect(timeOf(one, {}, undefined, start).stepped).toBe(null);
    mkdirSync(one.postgres);
    expect(() => timeOf(one, {}, 1440, start)).toThrow(/was begun in ordinary time.*set TABIJI_HOME to a new folder/);
  });

  it('that was begun with --speed is not run in ordinary time', async () => {
    const one = await home();
    timeOf(one, {}, 1440, start);
    expect(() => timeOf(one, {}, undefined, start)).toThrow(
      /was begun with --speed, and its time stands at 2026-04-01T00:00:00.000Z; start it with --speed/,
    );
  });

  it('is not stepped on a database or a Temporal that others use', async () => {
    const own = { DATABASE_URL: 'postgres://x', TEMPORAL_ADDRESS: 'x:7233' };
    const one = await home();
    expect(() => timeOf(one, own, 10, start)).toThrow('unset DATABASE_URL and TEMPORAL_ADDRESS');
    expect(() => timeOf(one, own, undefined, start)).not.toThrow();
  });

  it('is not stepped where messages would reach people', async () => {
    const one = await home();
    const real = { LINE_CHANNEL_ACCESS_TOKEN: 't', SMTP_URL: 'smtps://user:secret@mail.shop.example' };
    const attempt = () => timeOf(one, real, 10, start);
    expect(attempt).toThrow('unset LINE_CHANNEL_ACCESS_TOKEN, SMTP_URL');
    expect(attempt).not.toThrow('secret');
    expect(() => timeOf(one, real, undefined, start)).not.toThrow();
    expect(() => timeOf(one, { SMTP_URL: 'smtp://[::1]:2525' }, 10, start)).not.toThrow();
  });

  it('says so where its clock was written over', async () => {
    const one = await home();
    writeFileSync(join(one.folder, 'clock'), 'noon');
    expect(() => timeOf(one, {}, 10, start)).toThrow(/clock holds no moment; write one into it, such as 20/);
  });
});

it('a moment is kept before it counts, and time never goes back', () => {
  const file = join(testFolder(), 'clock');
  const clock = openKeptClock(file, start);
  clock.set(start + hour);
  expect(readFileSync(file, 'utf8')).toBe('2026-04-01T01:00:00.000Z\n');
  clock.set(start);
  expect([clock.now(), openKeptClock(file, 0).now()]).toEqual([start + hour, start + hour]);
});

describe('the pace', () => {
  const pace = () => createPace({ speed: 1440, longestIdleMs: 10_000 });

  it('is a day a minute while things are near', () => {
    const one = pace();
    expect(one.untilMs(0, 4 * hour)).toBe(10_000);
    expect(one.untilMs(0, hour)).toBe(2_500);
    expect(one.move(0, hour, 100)).toBe(144_000);
  });

  it('brings a far moment near: it comes within ten seconds, at an even rate, and not one step earlier', () => {
    const one = pace();
    const next = 48 * hour;
    let now = 0;
    for (let tick = 1; tick <= 99; tick += 1) {
      now = one.move(now, next, 100);
      expect(now / next).toBeCloseTo(tick / 100, 6);
    }
    expect(one.move(now, next, 100)).toBe(next);
  });

  it('stands at a due moment however late it is asked', () => {
    expect(pace().move(0, 1000, 60_000)).toBe(1000);
    expect(pace().move(5000, 1000, 100)).toBe(5000);
  });

  it('goes on evenly while nothing is due', () => {
    expect(pace().untilMs(0, null)).toBe(null);
    expect(pace().move(0, null, 100)).toBe(144_000);
  });

  it('takes its time again once something has happened, or something else is due', () => {
    const one = pace();
    const half = one.move(0, 48 * hour, 5_000);
    expect(one.untilMs(half, 48 * hour)).toBe(5_000);
    one.happened();
    expect(one.untilMs(half, 48 * hour)).toBe(10_000);
    one.move(half, 48 * hour, 5_000);
    one.move(half, 40 * hour, 1);
    expect(one.untilMs(half, 40 * hour)).toBe(9_999);
  });

  it('can be changed under way', () => {
    const one = pace();
    one.change({ speed: 1, longestIdleMs: Number.POSITIVE_INFINITY });
    expect([one.speed(), one.move(0, 48 * hour, 100)]).toEqual([1, 100]);
  });
});
