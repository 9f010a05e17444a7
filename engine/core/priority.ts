// Who goes first among the messages of one customer that compete for the room in a cap (journey-language §3, priority).
import type { Plan } from './plan.ts';

const defaultPriority = 5;

export interface Rank {
  /** 1 goes first, 9 last. */
  priority: number;
  enrollmentId: string;
}

export function priorityOf(plan: Plan): number {
  return plan.priority ?? defaultPriority;
}

/** Whether `a` goes before `b`: by priority, then by enrollment id. */
export function goesFirst(a: Rank, b: Rank): boolean {
  return a.priority === b.priority ? a.enrollmentId < b.enrollmentId : a.priority < b.priority;
}
