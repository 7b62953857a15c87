import { type Recorded, record } from '../../../../functions/record.ts';
import type { Guard } from '../../../../shared/aws/dynamodb.ts';
import type { Also } from '../../../../shared/aws/dynamodb-authorizations.ts';
import { freezeAuthorization } from '../../../../shared/core/authorization.ts';
import { budgetRows, dayOf, type Limits } from '../../../../shared/core/budget.ts';
import { exposureBound, exposureKey } from '../../../../shared/core/exposure.ts';
import type { JobEvent } from '../../../../shared/core/job-event.ts';
import type { Job } from '../../../../shared/core/job-record.ts';
import { happened, newJob, timings, wallet } from '../../../functions/jobs.ts';
import type { Chance } from '../chance.ts';
import { base, payees } from '../fuzz/pins.ts';
import type { Store } from '../ledger/stores.ts';

/** What the payer and the reconciler do to budgets, and nothing else of theirs. */
export interface Till {
  readonly store: Store;
  /** Unix milliseconds; whoever works here may move it. */
  readonly clock: { now: number };
}

const asset = { ...base, name: base.name, version: base.version };

/** A job that nobody has paid for yet. */
export async function takeIn({ store, clock }: Till, chance: Chance, caller: string): Promise<Job> {
  const job = newJob({ jobId: chance.uuid(), caller, now: clock.now });
  await store.ledger.accept(job);
  return job;
}

const write = (
  { store }: Till,
  job: Job,
  event: JobEvent,
  also?: Also,
  guard?: Omit<Guard, 'moves'>,
): Promise<Recorded> => record({ ledger: store.ledger, timings }, job, event, also, guard);

/**
 * Reserves as `functions/payer/reserve.ts` does: from every row of the limits, of the day that it is, or of the day it
 * was first reserved on.
 */
export async function reserve(till: Till, job: Job, limits: Limits, amount: number): Promise<Recorded> {
  const at = till.clock.now;
  const payTo = payees[0].toLowerCase();
  const since = job.purchase?.holdState === 'held' ? job.purchase.reservedDay : undefined;
  const day = since ?? dayOf(at);
  const { network } = base;
  const { caller, offering } = job;
  const rows = budgetRows(limits, { caller, offering, payTo, network, asset: base.asset, day }).filter(
    ({ scope }) => scope !== 'wallet',
  );
  const authorization = freezeAuthorization({
    asset,
    from: wallet.address,
    payTo,
    amountAtomic: String(amount),
    maxTimeoutSeconds: 300,
    nonce: `0x${job.jobId.replaceAll('-', '').repeat(2)}`,
    nowSeconds: Math.floor(at / 1000),
  });
  const event: JobEvent = {
    type: 'reserved',
    purchaseId: job.jobId,
    generation: 1,
    authorization,
    decimals: 6,
    day,
    holds: rows.map(({ key }) => ({ key, amount })),
    unseen: exposureKey(payTo),
    at,
  };
  const of = new Map(rows.flatMap(({ key, limit }) => (limit === undefined ? [] : [[key, limit] as const])));
  const stored = { state: 'held', authorization, signer: { keyId: 'k', address: wallet.address } } as const;
  const bound = exposureBound(limits, amount, at);
  const guard = { running: true, limits: { version: limits.version, of }, bound };
  return write(till, job, event, { reserve: { ...stored, challenge: '{}' } }, guard);
}

/** Everything else that may happen to a purchase, by name; what does not apply to the job is dropped. */
export const later = {
  authorize: (till: Till, job: Job) => {
    const at = till.clock.now;
    const event = { type: 'authorized', leaseUntil: at + 1, at } as const;
    return write(till, job, event, { authorize: 'header' }, { running: true });
  },
  refuse: (till: Till, job: Job) =>
    write(
      till,
      job,
      { ...happened.refused(), at: till.clock.now } as JobEvent,
      job.status === 'reserved' ? { release: true } : undefined,
    ),
  submit: (till: Till, job: Job) =>
    write(till, job, { type: 'submitted', sellerJobId: `cmn${job.jobId}`, at: till.clock.now }),
  deliver: (till: Till, job: Job) =>
    write(till, job, { ...happened.delivered(), at: till.clock.now } as JobEvent),
  lose: (till: Till, job: Job) =>
    write(till, job, { ...happened.undelivered(), at: till.clock.now } as JobEvent),
  fail: (till: Till, job: Job) =>
    write(till, job, {
      ...happened.undelivered(),
      at: Math.min(till.clock.now, job.deadlineAt - 1),
    } as JobEvent),
  expire: (till: Till, job: Job) =>
    write(till, job, { type: 'exposureOver', at: Math.max(till.clock.now, job.deadlineAt) }),
  doubt: (till: Till, job: Job) =>
    write(till, job, { type: 'unsettled', evidence: 'status 402', at: till.clock.now }),
  settle: (till: Till, job: Job) => prove(till, job, 'settled'),
  bury: (till: Till, job: Job) => prove(till, job, 'dead'),
} as const;

const prove = (till: Till, job: Job, state: 'settled' | 'dead'): Promise<Recorded> => {
  const at = till.clock.now;
  return write(till, job, { type: 'proven', proof: { state, blockNumber: 1, at }, at }, { prove: state });
};
