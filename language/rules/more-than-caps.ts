// A cap that skips, and journeys that together can send one customer more than it lets through: some of it is silent by plan.
// An upper bound: of branches the fuller one counts, and every wait ends as early as it can.

import { branchesOf, type JourneyDraft, type MessageStepDraft, type StepDraft } from '../draft.ts';
import { inWords } from '../in-words.ts';
import { phrase } from '../phrase.ts';
import type { Report } from '../source.ts';
import { purposesOf, type Workspace } from '../workspace.ts';

const dayMs = 86_400_000;

export function moreThanCaps(workspace: Workspace, report: Report): void {
  for (const cap of workspace.settings.caps ?? []) {
    if (cap.answer !== 'skip') continue;
    const windowMs = typeof cap.per === 'number' ? cap.per : dayMs;
    const isCounted = (journey: JourneyDraft) => (step: MessageStepDraft) => {
      const message = step.message && workspace.messages.get(step.message.value);
      const purposes = purposesOf(journey, message?.variants[0]?.purpose?.value);
      return purposes.length > 0 && step.by.some(({ value }) => cap.channels.includes(value));
    };
    const all = workspace.journeys.map((journey) => {
      const each = mostIn(journey.steps, windowMs, isCounted(journey));
      return { name: journey.journey?.value ?? journey.source.path, most: each * entriesIn(journey, windowMs) };
    });
    const bounded = all.filter(({ most }) => most > 0 && Number.isFinite(most));
    const most = bounded.reduce((sum, one) => sum + one.most, 0);
    if (most <= cap.max) continue;
    const parts = bounded.map((one) => `${one.name} ${one.most}`).join(', ');
    const unbounded = all.filter((one) => one.most === Number.POSITIVE_INFINITY).map(({ name }) => name);
    const more = unbounded.length > 0 ? phrase`, and ${unbounded.join(', ')} without a bound` : '';
    const per = cap.per === 'calendar_day' ? phrase`a day` : inWords(windowMs);
    const sentence = phrase`one customer can be sent up to ${most} messages in ${per} (${parts}${more}), but a cap skips what is beyond ${cap.max}: send fewer, further apart, or let the cap hold`;
    report(workspace.settingsPlace, 'more-than-caps', sentence, 'warning');
  }
}

/** Once within the window, or without a bound: for each cart or order, at will, or again before the window is over. */
function entriesIn({ enter: { key, again } }: JourneyDraft, windowMs: number): number {
  if (key) return Number.POSITIVE_INFINITY;
  if (!again || again.mode === 'never') return 1;
  return again.mode === 'after' && again.ms >= windowMs ? 1 : Number.POSITIVE_INFINITY;
}

/** How long ago the messages of a path went out, the newest first. */
type Ages = number[];

/** The most messages of one enrollment that can lie within one window, which is open at its far end. */
function mostIn(steps: StepDraft[], windowMs: number, isCounted: (step: MessageStepDraft) => boolean): number {
  let most = 0;
  const later = (ages: Ages, ms: number) => ages.map((age) => age + ms).filter((age) => age < windowMs);
  const walk = (list: StepDraft[], begun: Ages | null): Ages | null => {
    let ages = begun;
    for (const step of list) ages = ages && take(step, ages);
    return ages;
  };
  const take = (step: StepDraft, before: Ages): Ages | null => {
    if (step.kind === 'exit') return null;
    const isMessage = (step.kind === 'send' || step.kind === 'ask') && isCounted(step);
    const ages = isMessage ? [0, ...before] : before;
    most = Math.max(most, ages.length);
    const after = later(ages, shortest(step));
    const branches = branchesOf(step);
    const ends = branches.map((branch, index) => {
      const isTimeOut = index === branches.length - 1 && 'withinMs' in step;
      return walk(branch, isTimeOut ? timedOut(step, before, ages, later) : after);
    });
    return ends.length === 0 ? after : ends.reduce(fuller, hasWayPast(step) ? after : null);
  };
  walk(steps, []);
  return most;
}

/** What comes after a time-out; `otherwise` of a question also follows one that never went out, and at once. */
function timedOut(step: StepDraft, before: Ages, ages: Ages, later: (ages: Ages, ms: number) => Ages): Ages {
  const late = later(ages, ('withinMs' in step && step.withinMs?.value) || 0);
  return step.kind === 'ask' ? fuller(before, late)! : late;
}

/** Nobody takes both branches, but what follows may come after either. */
function fuller(one: Ages | null, other: Ages | null): Ages | null {
  if (!one || !other) return one ?? other;
  const [longer, shorter] = one.length >= other.length ? [one, other] : [other, one];
  return longer.map((age, index) => Math.min(age, shorter[index] ?? age));
}

/** An answer without a branch of its own goes on behind the question. */
function hasWayPast(step: StepDraft): boolean {
  return step.kind === 'ask';
}

/** How soon it can be over. */
function shortest(step: StepDraft): number {
  if (step.kind !== 'wait') return 0;
  if (step.form === 'length' || step.form === 'until_no') return step.forMs?.value ?? 0;
  // Just before midnight, the next day is near.
  return step.form === 'at' ? Math.max(0, (step.inDays?.value ?? 0) - 1) * dayMs : 0;
}
