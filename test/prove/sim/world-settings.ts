import type { Limits } from '../../../shared/core/budget.ts';
import type { Rail, SellerPolicy } from '../../../shared/core/policy.ts';
import { timingsSchema } from '../../../shared/core/timings.ts';
import { policy as basePolicy, tempoTerms } from '../../core/offers.ts';
import type { CallFault, FaultPlan } from './faults.ts';
import type { Gate } from './gate.ts';
import type { Random } from './random.ts';
import type { QueueWhims } from './sim-queue.ts';
import type { SellerCharacter } from './sim-seller.ts';
import type { WorkflowWhims } from './sim-workflows.ts';

/** Everything that makes one run differ from another. */
export interface WorldSettings {
  /** Unix milliseconds. */
  readonly start: number;
  readonly random: Random;
  readonly plan: FaultPlan;
  readonly character: SellerCharacter;
  readonly whims: QueueWhims & WorkflowWhims;
  readonly limits: Limits;
  /** Of the wallet, atomic units. */
  readonly funds: bigint;
  readonly chain: { readonly skewSeconds: number; readonly finalLag: number };
  /** By how much an invocation's clock is ahead, milliseconds. */
  readonly skew: () => number;
  readonly concurrency: number;
  /** Whether every write is held against the books; a large run does that at its end. */
  readonly isWatched: boolean;
  /** Unix milliseconds: nobody has named a node before; at once where nothing is said. */
  readonly looksFrom?: number;
  /** How this world pays; x402 where nothing is said. */
  readonly rail?: Rail;
  readonly trace: (line: string) => void;
  readonly fault: (fault: CallFault) => void;
  /** In the place of time and the plan: decides alone in which order the effects of all calls happen. */
  readonly order?: Gate;
}

export const simPolicy: SellerPolicy & Required<Pick<SellerPolicy, 'tempo'>> = {
  ...basePolicy,
  tempo: tempoTerms,
  pictureOrigins: ['https://pictures.test', 'https://blobs.test'],
};
/** Where withdrawals go. */
export const simTreasury = `0x${'7ea5'.repeat(10)}`;
/** A caller whose own limit is nothing, where the limits of a world name it. */
export const penniless = 'AIDANOTHING';
export const simTimings = timingsSchema.parse({});
