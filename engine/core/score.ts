// What the answers to a question come to: the Net Promoter Score of a question from 0 to 10, the share of satisfied ones of
// a question from 1 to 5; other questions have their counts only.
import { type Interval, share } from './proportion.ts';

export type Score =
  /** Promoters (9, 10) less detractors (0 to 6), in points of a hundred: from -100 to 100. */
  | { kind: 'nps'; value: number; promoters: number; passives: number; detractors: number }
  /** Those who answered 4 or 5. */
  | { kind: 'csat'; satisfied: number; rate: Interval };

/** @param counts how many gave each answer. Null: no such question, or nobody has answered it. */
export function scoreOf(counts: { [answer: string]: number }, possible: string[]): Score | null {
  const all = Object.values(counts).reduce((total, count) => total + count, 0);
  if (all === 0) return null;
  const of = (from: number, to: number) =>
    Object.entries(counts).reduce((total, [answer, count]) => {
      const points = Number(answer);
      return points >= from && points <= to ? total + count : total;
    }, 0);
  if (isScale(possible, 0, 10)) {
    const [promoters, passives, detractors] = [of(9, 10), of(7, 8), of(0, 6)];
    return { kind: 'nps', value: ((promoters - detractors) / all) * 100, promoters, passives, detractors };
  }
  if (!isScale(possible, 1, 5)) return null;
  const satisfied = of(4, 5);
  return { kind: 'csat', satisfied, rate: share(satisfied, all)! };
}

/** Whether these are all the whole numbers from one to the other, in any order. */
function isScale(possible: string[], from: number, to: number): boolean {
  const wanted = Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
  return possible.length === wanted.length && wanted.every((answer) => possible.includes(answer));
}
