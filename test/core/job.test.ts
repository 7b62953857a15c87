import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Authorization } from '../../shared/core/authorization.ts';
import { acceptedJob, evolve } from '../../shared/core/evolve.ts';
import { mostSends, nextStep } from '../../shared/core/job.ts';
import type { JobEvent } from '../../shared/core/job-event.ts';
import { moneyOf, retryCanHelp } from '../../shared/core/job-money.ts';
import { type Job, jobSchema, publicStatus } from '../../shared/core/job-record.ts';
import { lossOf } from '../../shared/core/loss.ts';
import { timingsSchema } from '../../shared/core/timings.ts';

const timings = timingsSchema.parse({});
const start = 1_800_000_000_000;
const authorization: Authorization = {
  network: 'eip155:8453',
  asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
  name: 'USD Coin',
  version: '2',
  from: '0x4444444444444444444444444444444444444444',
  to: '0x1111111111111111111111111111111111111111',
  value: '30000',
  validAfter: start / 1000 - 600,
  validBefore: start / 1000 + 300,
  nonce: `0x${'ab'.repeat(32)}`,
};
const asset = {
  key: 'pictures/x.webp',
  sha256: 'a'.repeat(64),
  bytes: 10,
  format: 'webp',
  width: 8,
  height: 8,
  mismatch: [],
} as const;

const accepted = acceptedJob(
  {
    jobId: '5b0c2c1e-8a53-4c3c-9d8e-0f7d3d1b7a11',
    caller: 'AIDAEXAMPLE',
    offering: 'flux-2-pro/generate',
    body: '{"prompt":"a kite"}',
    now: start,
  },
  timings,
);
const reserved: JobEvent = {
  type: 'reserved',
  purchaseId: accepted.jobId,
  generation: 1,
  authorization,
  decimals: 6,
  day: '2027-01-15',
  holds: [{ key: '2027-01-15#total', amount: 30_000 }],
  unseen: 'unseen#0x1111111111111111111111111111111111111111',
  at: start,
};

/** Applies events in turn; each must apply. */
const jobAfter = (...events: JobEvent[]): Job =>
  events.reduce<Job>((job, event) => {
    const next = evolve(job, event, timings);
    if (!next) throw new Error(`${event.type} does not apply to ${job.status}`);
    return next;
  }, accepted);
const at = (seconds: number) => start + seconds * 1000;
const authorized: JobEvent = { type: 'authorized', leaseUntil: at(30), at: at(1) };
const submitted: JobEvent = {
  type: 'submitted',
  sellerJobId: 'cmn1234567890',
  settlement: { success: true, transaction: '0xfeed', network: 'eip155:8453' },
  at: at(3),
};
const reason = { name: 'GenerationFailed', message: 'no' } as const;
/** A result that was found, and how the watching of it went on. */
const found: JobEvent[] = [
  reserved,
  authorized,
  submitted,
  { type: 'workflowStarted', run: 1, at: at(4) },
  { type: 'rendered', url: 'https://seller.test/x.webp', at: at(60) },
];
const lastRun: JobEvent = { type: 'workflowStarted', run: 2, at: at(603) };
const refusal: JobEvent = { type: 'assetFailed', reason: 'no picture', at: at(61) };
const holding: JobEvent = { type: 'held', origin: 'https://elsewhere.test', at: at(61) };

describe('the next step of a stored job', () => {
  const steps: [string, Job, number, string][] = [
    ['accepted', accepted, 0, 'reserve'],
    ['accepted, told to wait', jobAfter({ type: 'postponed', untilAt: at(15), at: at(0) }), 1, 'wait'],
    ['accepted, having waited', jobAfter({ type: 'postponed', untilAt: at(15), at: at(0) }), 15, 'reserve'],
    ['reserved', jobAfter(reserved), 1, 'sign'],
    ['reserved, its window nearly over and nothing signed', jobAfter(reserved), 241, 'reserve'],
    ['authorized, a send under way', jobAfter(reserved, authorized), 2, 'wait'],
    ['authorized, the sender died', jobAfter(reserved, authorized), 31, 'recover'],
    [
      'unsettled',
      jobAfter(reserved, authorized, { type: 'unsettled', evidence: '402', at: at(2) }),
      2,
      'recover',
    ],
    [
      'looked up in vain',
      jobAfter(
        reserved,
        authorized,
        { type: 'unsettled', evidence: '402', at: at(2) },
        { type: 'lookedUp', at: at(3) },
      ),
      4,
      'wait',
    ],
    [
      'looked up in vain, some seconds ago',
      jobAfter(
        reserved,
        authorized,
        { type: 'unsettled', evidence: '402', at: at(2) },
        { type: 'lookedUp', at: at(3) },
      ),
      7,
      'send',
    ],
    [
      'looked up in vain, the window over',
      jobAfter(
        reserved,
        authorized,
        { type: 'unsettled', evidence: '402', at: at(2) },
        { type: 'lookedUp', at: at(3) },
      ),
      295,
      'recover',
    ],
    ['submitted', jobAfter(reserved, authorized, submitted), 4, 'startWorkflow'],
    [
      'submitted, watched',
      jobAfter(reserved, authorized, submitted, { type: 'workflowStarted', run: 1, at: at(4) }),
      5,
      'wait',
    ],
    [
      'submitted, its workflow lost',
      jobAfter(reserved, authorized, submitted, { type: 'workflowStarted', run: 1, at: at(4) }),
      305,
      'startWorkflow',
    ],
    ['ended', jobAfter({ type: 'refused', reason, at: at(1) }), 2, 'announce'],
    [
      'announced',
      jobAfter({ type: 'refused', reason, at: at(1) }, { type: 'announced', at: at(2) }),
      3,
      'rest',
    ],
    ['accepted, at the deadline', accepted, 1800, 'end'],
    [
      'unsettled, at the deadline',
      jobAfter(reserved, authorized, { type: 'unsettled', evidence: '402', at: at(2) }),
      1800,
      'end',
    ],
    ['submitted, at the deadline', jobAfter(reserved, authorized, submitted), 603, 'end'],
    ['found, watched, at the deadline', jobAfter(...found), 603, 'startWorkflow'],
    ['found, fetched after the deadline', jobAfter(...found, lastRun), 700, 'wait'],
    ['found, one run after the deadline', jobAfter(...found, lastRun), 903, 'end'],
    ['found and refused, at the deadline', jobAfter(...found, refusal), 603, 'end'],
    ['found and held, at the deadline', jobAfter(...found, holding), 603, 'end'],
  ];
  test.each(steps)('%s', (_name, job, seconds, step) => {
    expect(nextStep(job, at(seconds), timings).do).toBe(step);
  });
});

test('at the deadline a job ends refused when nothing was signed, unresolved when something was', () => {
  const end = (job: Job, seconds: number) => {
    const step = nextStep(job, at(seconds), timings);
    return step.do === 'end' ? step.event.type : step.do;
  };
  expect(end(accepted, 1800)).toBe('refused');
  expect(end(jobAfter(reserved), 1800)).toBe('refused');
  expect(end(jobAfter(reserved, authorized), 1800)).toBe('unresolved');
  expect(end(jobAfter(reserved, authorized, submitted), 603)).toBe('unresolved');
});

test('a place for a file whose answer was lost is in doubt until its payment is proven; then it is a claim', () => {
  const source = { bucket: 'b', key: 'k', sha256: 'a'.repeat(64) };
  const asked: JobEvent[] = [
    { type: 'unsettled', evidence: '400', final: true, at: at(2) },
    { type: 'lookedUp', at: at(3) },
  ];
  const lost = { ...jobAfter(reserved, authorized, ...asked), source };
  expect(nextStep(lost, at(70), timings)).toMatchObject({ do: 'end', event: { type: 'unresolved' } });
  const proof = { state: 'settled', transaction: '0xfeed', blockNumber: 7, at: at(4) } as const;
  const paid = evolve(lost, { type: 'proven', proof, at: at(4) }, timings) ?? lost;
  const step = nextStep(paid, at(70), timings);
  expect(step).toMatchObject({ do: 'end', event: { type: 'undelivered' } });
  const ended = step.do === 'end' ? evolve(paid, step.event, timings) : undefined;
  expect(ended).toMatchObject({ status: 'undelivered', end: { claim: { amountAtomic: '30000' } } });
});

test('what was proven never to be paid for is unpaid, however it ends: no claim, no loss, nothing in doubt', () => {
  const proof = { state: 'dead', blockNumber: 7, at: at(60) } as const;
  const free = jobAfter(reserved, authorized, submitted, { type: 'proven', proof, at: at(60) });
  const overdue = nextStep(free, at(603), timings);
  const ends: (JobEvent | undefined)[] = [
    { type: 'undelivered', reason, sellerSays: 'no', at: at(90) },
    { type: 'unresolved', reason, at: at(90) },
    overdue.do === 'end' ? overdue.event : undefined,
  ];
  for (const event of ends) {
    const ended = event && evolve(free, event, timings);
    expect(ended).toMatchObject({ status: 'unpaid', end: { reason: { name: 'PaymentUnsettled' } } });
    expect(ended?.end).not.toHaveProperty('claim');
    expect(ended && [moneyOf(ended), lossOf(free, ended)]).toEqual(['none', undefined]);
  }
});

test('the same bytes are sent three times at the most, each after a look at the seller’s list', () => {
  let job = jobAfter(reserved, authorized);
  const did: string[] = [];
  for (let now = at(31); now < at(400) && did.length < 12; ) {
    const step = nextStep(job, now, timings);
    if (step.do === 'wait') {
      now = step.untilAt;
      continue;
    }
    did.push(step.do);
    const events: JobEvent[] =
      step.do === 'send'
        ? [
            { type: 'sending', leaseUntil: now + 1, at: now },
            { type: 'unsettled', evidence: '500', at: now },
          ]
        : [{ type: 'lookedUp', at: now }];
    for (const event of events) job = evolve(job, event, timings) ?? job;
  }
  expect(did.slice(0, 5)).toEqual(['recover', 'send', 'recover', 'send', 'recover']);
  expect(did.slice(5).every((step) => step === 'recover')).toBe(true);
  expect(job.purchase?.sends).toBe(mostSends);
});

test('what the seller finds wrong in itself is not sent again', () => {
  const refused = jobAfter(reserved, authorized, {
    type: 'unsettled',
    evidence: '400',
    final: true,
    at: at(2),
  });
  const looked = evolve(refused, { type: 'lookedUp', at: at(3) }, timings);
  expect(looked && nextStep(looked, at(70), timings).do).toBe('recover');
});

test('the first persistent denial of a submitted job is kept, and is no end', () => {
  const denied = (seconds: number): JobEvent => ({ type: 'denied', at: at(seconds) });
  const job = jobAfter(reserved, authorized, submitted, denied(9));
  expect(job).toMatchObject({ status: 'submitted', deniedAt: at(9) });
  expect(evolve(job, denied(40), timings)).toBeUndefined();
  expect(evolve(jobAfter(reserved, authorized), denied(9), timings)).toBeUndefined();
  const delivered = jobAfter(reserved, authorized, submitted, denied(9), {
    type: 'delivered',
    asset: { ...asset, mismatch: [] },
    at: at(50),
  });
  expect(delivered).toMatchObject({ status: 'delivered', deniedAt: at(9) });
});

test('late good news is kept as evidence, and the end stands', () => {
  const unresolved = jobAfter(reserved, authorized, { type: 'unresolved', reason, at: at(1800) });
  const late = evolve(unresolved, submitted, timings);
  expect(late).toMatchObject({ status: 'unresolved', sellerJobId: 'cmn1234567890' });
  expect(late && moneyOf(late)).toBe('spent');
});

test('a reservation is frozen anew only while nothing is signed', () => {
  expect(evolve(jobAfter(reserved), reserved, timings)?.status).toBe('reserved');
  expect(evolve(jobAfter(reserved, authorized), reserved, timings)).toBeUndefined();
  expect(
    evolve(jobAfter(reserved, authorized), { type: 'refused', reason, at: at(2) }, timings),
  ).toBeUndefined();
});

test('money: none until something was signed, open until the seller says it settled', () => {
  expect(moneyOf(accepted)).toBe('none');
  expect(moneyOf(jobAfter(reserved))).toBe('none');
  expect(moneyOf(jobAfter(reserved, authorized))).toBe('open');
  expect(moneyOf(jobAfter(reserved, authorized, submitted))).toBe('spent');
  const { settlement: _none, ...lost } = submitted as Extract<JobEvent, { type: 'submitted' }>;
  expect(moneyOf(jobAfter(reserved, authorized, lost))).toBe('open');
});

test('a paid job without a picture ends with a claim', () => {
  const job = jobAfter(reserved, authorized, submitted, { type: 'undelivered', reason, at: at(9) });
  expect(job.end?.claim).toEqual({
    sellerJobId: 'cmn1234567890',
    transaction: '0xfeed',
    amountAtomic: '30000',
    payTo: authorization.to,
  });
  expect(retryCanHelp(job)).toBe(false);
});

/** Any event at all, at any time. */
const anyEvent = fc
  .record({ at: fc.integer({ min: start, max: at(4000) }), pick: fc.nat(18) })
  .map(({ at: when, pick }): JobEvent => {
    const events: JobEvent[] = [
      { type: 'postponed', untilAt: when + 1000, at: when },
      { ...reserved, at: when },
      { type: 'authorized', leaseUntil: when + 30_000, at: when },
      { type: 'sending', leaseUntil: when + 30_000, at: when },
      { type: 'unsettled', evidence: '500', at: when },
      { type: 'lookedUp', at: when },
      { ...submitted, at: when },
      { type: 'workflowStarted', run: 1, at: when },
      { type: 'rendered', url: 'https://pictures.test/x', at: when },
      { type: 'assetFailed', reason: 'the png is damaged', at: when },
      { type: 'held', origin: 'https://elsewhere.test', at: when },
      { type: 'unheld', at: when },
      { type: 'delivered', asset: { ...asset, mismatch: [] }, at: when },
      { type: 'undelivered', reason, at: when },
      { type: 'unresolved', reason, at: when },
      { type: 'announced', at: when },
      { type: 'denied', at: when },
      { type: 'exposureOver', at: when },
    ];
    return events[pick] ?? { type: 'requeued', at: when };
  });

test('whatever happens in whatever order: rows stay valid, ends absorb, the authorization never changes once signed', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      let job = accepted;
      for (const event of events) {
        const next = evolve(job, event, timings);
        if (!next) continue;
        expect(jobSchema.parse(next)).toEqual(next);
        expect(next.version).toBe(job.version + 1);
        if (job.end) expect([next.status, next.end]).toEqual([job.status, job.end]);
        if (job.purchase?.firstSentAt !== undefined) {
          expect(next.purchase?.nonce).toBe(job.purchase.nonce);
          expect(next.purchase?.validBefore).toBe(job.purchase.validBefore);
          expect(next.status).not.toBe('refused');
        }
        if (!next.announcedAt) expect(next.dueAt).toBeTypeOf('number');
        // What was sent and brought nothing stays exposed until the deadline.
        else expect(next.dueAt).toBe(next.purchase?.unseen === undefined ? undefined : next.deadlineAt);
        expect(publicStatus(next) === 'complete').toBe(next.asset !== undefined);
        job = next;
      }
    }),
    { numRuns: 500 },
  );
});
