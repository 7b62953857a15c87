import { describe, expect, test } from 'vitest';
import { record } from '../../../functions/record.ts';
import type { Also } from '../../../shared/aws/dynamodb-authorizations.ts';
import { nextStep } from '../../../shared/core/job.ts';
import type { JobEvent } from '../../../shared/core/job-event.ts';
import type { Job } from '../../../shared/core/job-record.ts';
import { at, happened, heldFor, newJob, timings } from '../../functions/jobs.ts';
import { memoryLedger } from '../../functions/memory-ledger.ts';
import { type Event, type Status, statuses, steps, transitions } from './transitions.ts';

/**
 * The product walks its own small world: every event at every job that can come about, written by `record` into the
 * ledger with the row that goes with it. What it allows must be in the model's table, and all of the table must come
 * about: so the model is of this code.
 */

interface Try {
  readonly name: Event;
  readonly event: (job: Job) => JobEvent;
  readonly also?: (job: Job) => Also;
}

const tries: readonly Try[] = [
  { name: 'postponed', event: () => ({ type: 'postponed', untilAt: at(50), at: at(1) }) },
  { name: 'requeued', event: () => ({ type: 'requeued', at: at(1) }) },
  { name: 'cancelled', event: () => ({ type: 'cancelled', at: at(1) }) },
  { name: 'reserved', event: (job) => happened.reserved(job), also: (job) => ({ reserve: heldFor(job, 1) }) },
  { name: 'authorized', event: () => happened.authorized(), also: () => ({ authorize: 'signed' }) },
  { name: 'sending', event: () => ({ type: 'sending', leaseUntil: at(40), at: at(10) }) },
  { name: 'unsettled', event: () => happened.unsettled() },
  { name: 'lookedUp', event: () => ({ type: 'lookedUp', at: at(5) }) },
  {
    // What the seller says of the settlement is not in the model: here it says nothing.
    name: 'submitted',
    event: () => ({ type: 'submitted', sellerJobId: 'cmn1234567890', at: at(3) }),
    also: () => ({ claim: 'cmn1234567890' }),
  },
  { name: 'workflowStarted', event: () => happened.workflowStarted() },
  { name: 'rendered', event: () => happened.rendered() },
  { name: 'denied', event: () => ({ type: 'denied', at: at(9) }) },
  { name: 'assetFailed', event: () => ({ type: 'assetFailed', reason: 'the png is damaged', at: at(9) }) },
  { name: 'held', event: () => ({ type: 'held', origin: 'https://elsewhere.test', at: at(9) }) },
  { name: 'delivered', event: () => happened.delivered() },
  { name: 'undelivered', event: () => happened.undelivered() },
  { name: 'refused', event: () => happened.refused(), also: () => ({ release: true }) },
  { name: 'unresolved', event: () => happened.unresolved() },
  { name: 'settled', event: () => happened.proven('settled'), also: () => ({ prove: 'settled' }) },
  { name: 'dead', event: () => happened.proven('dead'), also: () => ({ prove: 'dead' }) },
  { name: 'announced', event: () => happened.announced() },
  { name: 'resolutionAnnounced', event: () => ({ type: 'resolutionAnnounced', at: at(1501) }) },
];

/** Runs one way from the start. */
async function walk(way: readonly Try[]): Promise<{ job: Job; row: string; written: boolean }> {
  const ledger = memoryLedger();
  let job = newJob({ jobId: '00000000-0000-4000-8000-000000000000' });
  await ledger.accept(job);
  ledger.edit('BUDGET#2027-01-15#total', { limit: 1e6, remaining: 1e6, held: 0, committed: 0 });
  const payTo = '0x1111111111111111111111111111111111111111';
  ledger.edit(`BUDGET#unseen#${payTo}`, { limit: 9, remaining: 9, held: 0, committed: 0 });
  let written = false;
  for (const { event, also } of way) {
    // Nothing is released that was never reserved.
    const with_ =
      also && (event(job).type !== 'refused' || job.status === 'reserved') ? also(job) : undefined;
    const recorded = await record({ ledger, timings }, job, event(job), with_);
    ({ job } = recorded);
    written = recorded.outcome === 'written';
  }
  const row = job.purchase ? ((await ledger.readAuthorization(job))?.state ?? 'none') : 'none';
  return { job, row, written };
}

/** What a job is to this walk: what decides which events apply. */
const kindOf = ({ job, row }: { job: Job; row: string }): string =>
  [
    job.status,
    row,
    job.announcedAt !== undefined,
    job.resolvedAt !== undefined,
    job.proof?.state,
    job.end?.own,
    job.sellerJobId !== undefined,
    job.workflow !== undefined,
    (job.purchase?.leaseUntil ?? 0) > 0,
    job.cancelledAt !== undefined,
    job.waitUntil !== undefined,
    (job.purchase?.lookups ?? 0) >= (job.purchase?.sends ?? 0),
    Math.min(job.purchase?.sends ?? 0, 2),
  ].join(' ');

const seen = new Set<string>();
const allowed = new Set<string>();
const reached: Job[] = [];
const waiting: (readonly Try[])[] = [[]];
for (let way = waiting.shift(); way !== undefined; way = waiting.shift()) {
  const here = await walk(way);
  reached.push(here.job);
  for (const next of tries) {
    const there = await walk([...way, next]);
    if (!there.written) continue;
    const isFree = here.job.status === 'submitted' && there.job.status === 'unpaid';
    allowed.add(`${here.job.status} ${isFree ? 'free' : next.name} ${there.job.status}`);
    if (seen.has(kindOf(there))) continue;
    seen.add(kindOf(there));
    waiting.push([...way, next]);
  }
}

const table = Object.entries(transitions).flatMap(([event, moves]) =>
  Object.entries(moves).map(([from, to]) => `${from} ${event} ${to}`),
);

test('the walk comes to every status', () => {
  expect(new Set(reached.map(({ status }) => status))).toEqual(new Set<Status>(statuses));
  expect(seen.size).toBeGreaterThan(60);
});

test('what the product does to a job is in the table of the model', () => {
  expect([...allowed].filter((move) => !table.includes(move))).toEqual([]);
});

test('what is in the table of the model, the product does', () => {
  expect(table.filter((move) => !allowed.has(move))).toEqual([]);
});

describe('what a stored job asks for next is in the table of the model', () => {
  const seconds = [1, 20, 45, 100, 290, 400, 1700, 1801, 4000];

  test.each(statuses)('%s', (status) => {
    const asked = new Set(
      reached
        .filter((job) => job.status === status)
        .flatMap((job) => seconds.map((second) => nextStep(job, at(second), timings).do)),
    );
    expect([...asked].filter((step) => !steps[status].includes(step))).toEqual([]);
    expect(steps[status].filter((step) => !asked.has(step))).toEqual([]);
  });
});
