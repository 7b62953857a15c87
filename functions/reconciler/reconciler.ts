import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { ChainLedger } from '../../shared/aws/dynamodb-chain.ts';
import type { Control } from '../../shared/aws/dynamodb-control.ts';
import type { PaymentQueue } from '../../shared/aws/sqs.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { PaidAsset } from '../../shared/core/policy.ts';
import type { Timings } from '../../shared/core/timings.ts';
import type { ChainReader } from './chain.ts';

/** What a look at the chain needs: of one token and one wallet. */
export interface Reconciler {
  readonly ledger: Ledger;
  readonly chainLedger: ChainLedger;
  readonly control: Pick<Control, 'readSigning' | 'writeSigning' | 'readBudget'>;
  readonly queue: PaymentQueue;
  /** Several nodes as one (`agreed`). */
  readonly chain: ChainReader;
  readonly asset: Pick<PaidAsset, 'network' | 'asset'>;
  /** The address whose authorizations these are; a replaced wallet is looked at by itself. */
  readonly wallet: { readonly address: string };
  readonly floorAtomic: number;
  /** Told of every job whose money is known now. */
  readonly proven?: (job: Job) => void;
  readonly timings: Timings;
  readonly clock: () => number;
  /** Unix milliseconds: the look is over by then, and the next one goes on from where it came to. */
  readonly endsAt?: number;
}

/** For what comes after the reading: closing, and writing down. */
const reserveMilliseconds = 20_000;

/** Whether a look reads no further. */
export const isLate = ({ clock, endsAt = Number.POSITIVE_INFINITY }: Reconciler): boolean =>
  clock() >= endsAt - reserveMilliseconds;
