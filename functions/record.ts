import type { Guard, Ledger, WriteOutcome } from '../shared/aws/dynamodb.ts';
import type { Also } from '../shared/aws/dynamodb-authorizations.ts';
import { budgetMoves } from '../shared/core/budget-moves.ts';
import { evolve } from '../shared/core/evolve.ts';
import type { JobEvent } from '../shared/core/job-event.ts';
import type { Job } from '../shared/core/job-record.ts';
import { lossOf } from '../shared/core/loss.ts';
import type { Timings } from '../shared/core/timings.ts';

/** News of the world, true however late it is written; any other event is fenced by the version it was decided on. */
const lasting: readonly JobEvent['type'][] = [
  'submitted',
  'proven',
  'rendered',
  'denied',
  'held',
  'assetFailed',
  'delivered',
  'undelivered',
  'released',
  'announced',
];
const mostTries = 8;

export interface Recorded {
  readonly job: Job;
  /** `written`, `dropped` because it no longer applies, or why the ledger refused it. */
  readonly outcome: Exclude<WriteOutcome, 'conflict'> | 'dropped';
}

/**
 * Writes what happened to a job. When somebody else wrote first, the job is read again: lasting news is applied to
 * what is there now, everything else is dropped, and the caller asks for the next step anew.
 * What the event does to the budgets, and a loss that it tells of, are part of the same write.
 * @returns the job as it stands, and whether this event was written
 */
export async function record(
  { ledger, timings }: { ledger: Ledger; timings: Timings },
  before: Job,
  event: JobEvent,
  also?: Also,
  guard?: Omit<Guard, 'moves' | 'loss'>,
): Promise<Recorded> {
  let job = before;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const after = evolve(job, event, timings);
    if (!after) return { job, outcome: 'dropped' };
    const moves = budgetMoves(job, after, guard?.begins);
    const loss = lossOf(job, after);
    const isPlain = moves.length === 0 && guard === undefined && loss === undefined;
    const outcome = await ledger.write(
      after,
      also,
      isPlain ? undefined : { ...guard, moves, ...(loss && { loss }) },
    );
    if (outcome === 'written') return { job: after, outcome };
    if (outcome !== 'conflict') return { job, outcome };
    job = (await ledger.read(job.jobId)) ?? job;
    if (!lasting.includes(event.type)) return { job, outcome: 'dropped' };
  }
  return { job, outcome: 'dropped' };
}
