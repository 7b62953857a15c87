import { endStatuses, openStatuses } from '../../../shared/core/job-record.ts';
import { railNames } from '../../../shared/core/policy.ts';
import { everyBehaviour } from './behaviours.ts';
import { callFaults, worldFaults } from './faults.ts';
import { everyShowing } from './showings.ts';

/** What a run of the simulator must have seen, by kind: one that tests nothing would be green too. */
const expected = {
  statuses: [...openStatuses, ...endStatuses],
  transitions: [
    'accepted → reserved',
    'accepted → refused',
    'accepted → undelivered',
    'accepted → unresolved',
    'reserved → authorized',
    'reserved → refused',
    'authorized → unsettled',
    'authorized → submitted',
    // Withdrawals, which are sent to nobody.
    'authorized → delivered',
    'authorized → unpaid',
    'unsettled → submitted',
    'unsettled → unpaid',
    'unsettled → undelivered',
    'unsettled → unresolved',
    'submitted → delivered',
    'submitted → undelivered',
  ],
  faultKinds: [...callFaults, ...worldFaults],
  behaviours: everyBehaviour,
  guards: ['a first look that begins late', 'model stopped', 'payee stopped', 'exposure bound reached'],
  pauses: ['sent again after a pause', 'a pause outlasts what was signed'],
  pending: ['a pending settlement is settled', 'a pending settlement is dead'],
  showings: everyShowing,
  rails: [...railNames.map((rail) => `paid on ${rail}`), 'settled on tempo'],
} as const;

/**
 * How much of what there is was seen.
 * @param least how often each must have been seen
 * @returns counts of each kind and of the rarest, and what is missing
 */
export function coverageOf(
  seen: ReadonlyMap<string, number>,
  least: number,
): { counts: Record<string, number>; missing: string[] } {
  const counts: Record<string, number> = {};
  const missing: string[] = [];
  let rarest = Number.POSITIVE_INFINITY;
  for (const [kind, names] of Object.entries(expected)) {
    counts[kind] = names.filter((name) => seen.has(name)).length;
    for (const name of names) {
      const times = seen.get(name) ?? 0;
      rarest = Math.min(rarest, times);
      if (times < least) missing.push(`coverage: "${name}" was seen ${times} times, not ${least}`);
    }
  }
  return { counts: { ...counts, rarest }, missing };
}
