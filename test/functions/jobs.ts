import { randomUUID } from 'node:crypto';
import { privateKeyToAccount } from 'viem/accounts';
import type { StoredAuthorization } from '../../shared/aws/dynamodb-authorizations.ts';
import { freezeAuthorization } from '../../shared/core/authorization.ts';
import { acceptedJob, evolve } from '../../shared/core/evolve.ts';
import type { JobEvent } from '../../shared/core/job-event.ts';
import type { Asset, Job } from '../../shared/core/job-record.ts';
import { timingsSchema } from '../../shared/core/timings.ts';
import { nonceOf } from '../../shared/protocol/eip3009.ts';
import { policy } from '../core/offers.ts';

/** Jobs at every stage, as the core makes them: what tests of functions, ledgers and contracts start from. */

export const timings = timingsSchema.parse({});
export const start = 1_800_000_000_000;
/** Unix milliseconds, so many seconds after the start of every test. */
export const at = (seconds: number): number => start + seconds * 1000;

export const offering = 'flux-2-pro/generate';
export const caller = 'AIDAEXAMPLE';
export const deployment = 'a deployment of the tests';
export const wallet = privateKeyToAccount(`0x${'22'.repeat(32)}`);

export const newJob = (change: Partial<Parameters<typeof acceptedJob>[0]> = {}): Job =>
  acceptedJob(
    { jobId: randomUUID(), caller, offering, body: '{"prompt":"a kite"}', now: start, ...change },
    timings,
  );

const [asset] = policy.assets;
const [payTo] = policy.payees;
if (!asset || !payTo) throw new Error('The policy of the tests names an asset and a payee.');

/** What `reserve` would freeze for a job. */
export const authorizationFor = (job: Job, seconds = 0) =>
  freezeAuthorization({
    asset,
    from: wallet.address,
    payTo,
    amountAtomic: '30000',
    maxTimeoutSeconds: 300,
    nonce: nonceOf({
      deployment,
      network: asset.network,
      asset: asset.asset,
      purchaseId: job.jobId,
      generation: 1,
    }),
    nowSeconds: at(seconds) / 1000,
  });

export const heldFor = (job: Job, seconds = 0): StoredAuthorization => ({
  state: 'held',
  authorization: authorizationFor(job, seconds),
  signer: { keyId: 'alias/wallet', address: wallet.address },
  challenge: '{"accepts":[]}',
});

export const picture: Asset = {
  key: 'pictures/x.webp',
  sha256: 'a'.repeat(64),
  bytes: 10,
  format: 'webp',
  width: 1024,
  height: 1024,
  mismatch: [],
};

/** What may happen to a job, at so many seconds after the start. */
export const happened = {
  reserved: (job: Job, seconds = 1): JobEvent => ({
    type: 'reserved',
    purchaseId: job.jobId,
    generation: 1,
    authorization: authorizationFor(job, seconds),
    decimals: 6,
    day: '2027-01-15',
    holds: [{ key: '2027-01-15#total', amount: 30_000 }],
    unseen: `unseen#${payTo.toLowerCase()}`,
    at: at(seconds),
  }),
  authorized: (seconds = 2): JobEvent => ({
    type: 'authorized',
    leaseUntil: at(seconds + 30),
    at: at(seconds),
  }),
  unsettled: (seconds = 3): JobEvent => ({ type: 'unsettled', evidence: 'status 402', at: at(seconds) }),
  submitted: (sellerJobId = 'cmn1234567890', seconds = 3): JobEvent => ({
    type: 'submitted',
    sellerJobId,
    settlement: { success: true, transaction: '0xfeed', network: 'eip155:8453' },
    at: at(seconds),
  }),
  workflowStarted: (seconds = 4): JobEvent => ({ type: 'workflowStarted', run: 1, at: at(seconds) }),
  rendered: (url = 'https://pictures.test/x', seconds = 8): JobEvent => ({
    type: 'rendered',
    url,
    at: at(seconds),
  }),
  delivered: (seconds = 9): JobEvent => ({ type: 'delivered', asset: picture, at: at(seconds) }),
  refused: (seconds = 1): JobEvent => ({
    type: 'refused',
    reason: { name: 'PaymentRefused', message: 'Too dear.' },
    at: at(seconds),
  }),
  undelivered: (seconds = 9): JobEvent => ({
    type: 'undelivered',
    reason: { name: 'GenerationFailed', message: 'It failed.' },
    at: at(seconds),
  }),
  unresolved: (seconds = 1800): JobEvent => ({
    type: 'unresolved',
    reason: { name: 'DeadlinePassed', message: 'Too late.' },
    at: at(seconds),
  }),
  proven: (state: 'settled' | 'dead', seconds = 1500): JobEvent => ({
    type: 'proven',
    proof: {
      state,
      blockNumber: 7,
      at: at(seconds),
      ...(state === 'settled' && { transaction: '0xfeed' }),
    },
    at: at(seconds),
  }),
  announced: (seconds = 10): JobEvent => ({ type: 'announced', at: at(seconds) }),
} as const;

/** A job after some events, each of which must apply. */
export const jobAfter = (job: Job, ...events: readonly JobEvent[]): Job =>
  events.reduce((before, event) => {
    const next = evolve(before, event, timings);
    if (!next) throw new Error(`${event.type} does not apply to a job that is ${before.status}.`);
    return next;
  }, job);

/** One job at each stage, by the name of the stage. */
export function stages(job: Job = newJob()) {
  const reserved = jobAfter(job, happened.reserved(job));
  const authorized = jobAfter(reserved, happened.authorized());
  const submitted = jobAfter(authorized, happened.submitted());
  const watched = jobAfter(submitted, happened.workflowStarted());
  const rendered = jobAfter(watched, happened.rendered());
  return {
    accepted: job,
    reserved,
    authorized,
    unsettled: jobAfter(authorized, happened.unsettled()),
    submitted,
    watched,
    rendered,
    delivered: jobAfter(rendered, happened.delivered()),
    refused: jobAfter(job, happened.refused()),
    undelivered: jobAfter(rendered, happened.undelivered()),
    unresolved: jobAfter(authorized, happened.unresolved()),
  } as const;
}
