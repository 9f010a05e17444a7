// The facts that conditions of a turn are evaluated on, all of them loaded when it was opened.
import type { Facts } from './core/condition.ts';
import type { OpenedTurn } from './turn-open.ts';
import type { TurnRun } from './turn-run.ts';

export function factsAt(run: TurnRun, now: number): Facts {
  const { customer, entry, latest, history, grants } = run.opened;
  const { answer, vars } = run;
  return {
    now,
    zone: zoneOf(run.opened),
    customer: customer.traits,
    entry,
    latest,
    history,
    consents: grants,
    answer,
    vars,
  };
}

/** The customer's zone, or the settings'. */
export function zoneOf({ customer, settings }: Pick<OpenedTurn, 'customer' | 'settings'>): string {
  return typeof customer.traits.time_zone === 'string' ? customer.traits.time_zone : settings.timeZone;
}
