import type { LocalAccount } from 'viem';
import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Control } from '../../shared/aws/dynamodb-control.ts';
import type { Headers } from '../../shared/aws/dynamodb-headers.ts';
import type { Announcements } from '../../shared/aws/eventbridge.ts';
import type { FileStore } from '../../shared/aws/s3-files.ts';
import type { Workflows } from '../../shared/aws/sfn.ts';
import type { ChargeAuthorization } from '../../shared/core/authorization.ts';
import type { Limits } from '../../shared/core/budget.ts';
import type { Charge } from '../../shared/core/charge.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { SellerPolicy } from '../../shared/core/policy.ts';
import type { Timings } from '../../shared/core/timings.ts';
import type { Treasuries } from '../../shared/core/withdrawal.ts';
import type { Seller } from '../../shared/seller/seller.ts';
import type { Watched } from '../announce.ts';
import type { KnownTimes } from '../known-times.ts';
import type { Library } from '../references.ts';

/** What is sent for a charge, and the hash of the transaction in it. */
export interface SignedCharge {
  readonly header: string;
  readonly transaction: string;
}

/** Everything a payment touches, handed in; times are Unix milliseconds. */
export interface Payer extends Library, Watched {
  readonly ledger: Ledger;
  /** What was signed, in the table that this function alone may touch. */
  readonly headers: Headers;
  readonly files: FileStore;
  /** The job that buys a place for a file: of this wallet, at this seller, for these bytes, so many times. */
  readonly uploadId: (sha256: string, edition: number) => string;
  readonly seller: Seller;
  readonly wallet: Pick<LocalAccount, 'address' | 'signTypedData'>;
  /** Signs a charge of the second rail, under the purchase's name; absent where that rail is off. */
  readonly signCharge?: (
    frozen: ChargeAuthorization,
    charge: Charge,
    purchase: string,
  ) => Promise<SignedCharge>;
  readonly keyId: string;
  readonly workflows: Workflows;
  /** Known of the models, so that a workflow waits for as long as there is nothing to see. */
  readonly timesOf: KnownTimes;
  readonly announcements: Announcements;
  /** Tells this deployment's purchases from every other's. */
  readonly deployment: string;
  readonly policy: SellerPolicy;
  /** What may be spent, and by whom; read anew for each purchase, so that a change holds at once. */
  readonly control: Pick<Control, 'readLimits' | 'readSwitches' | 'readExposure'>;
  /** The limits of the settings, where an operator has said nothing. */
  readonly limits: Limits;
  /** Where withdrawals go, by network; nowhere where it is not said. */
  readonly treasuries: Treasuries;
  /** Whether the wallet's balance is read from this chain, and held against. */
  readonly readsChain: (network: string) => boolean;
  readonly timings: Timings;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** One invocation's hold on a job. */
export interface Run {
  /** When this invocation will be ended by the platform. */
  readonly endsAt: number;
  /** Makes sure that a crash from here on is redelivered while the stored bytes can still be sent. */
  readonly beforeSending: () => Promise<void>;
}

/** Between the end of a paid POST and the end of the invocation: time to write down what came of it. */
const recordMilliseconds = 3_000;

/** Whether a send begun at `at` would have its answer written down before the invocation ends. */
export const leavesTimeToSend = (payer: Payer, run: Run, at: number = payer.clock()): boolean =>
  run.endsAt - at >= payer.timings.answerSeconds * 1000 + recordMilliseconds;

/** A hold that was never signed is let go with the job's end. */
export const releaseOf = (job: Job): { release: true } | undefined =>
  job.status === 'reserved' ? { release: true } : undefined;
