import { offeringPath } from '../../shared/core/catalogue.ts';
import { ceilingOf } from '../../shared/core/ceiling.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { type Rail, railsOf } from '../../shared/core/policy.ts';
import { type Challenge, type Choice, selectRequirements } from '../../shared/core/selection.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside, waitForSeller } from './refuse.ts';

/** What a request costs now, and the option that our own lists allow. */
export interface Chosen {
  readonly choice: Choice;
  readonly challenge: Challenge;
  /** When the seller answered, Unix milliseconds. */
  readonly at: number;
}

interface Asked {
  readonly entry: Offering;
  /** The bytes whose price is asked. */
  readonly body: string;
  /** What the job's uploads take of its caller's own limit, atomic units. */
  readonly uploadsAtomic: bigint;
  /** Rails that cannot be used at present. */
  readonly without: readonly Rail[];
}

/**
 * Asks the seller's price of a job and chooses what to pay by our own lists. Nothing is signed.
 * @returns the choice; `stands` is the job as written where it was refused, or waits for the seller
 */
export async function choose(
  payer: Payer,
  job: Job,
  { entry, body, uploadsAtomic, without }: Asked,
): Promise<Chosen | { readonly stands: Job }> {
  const first = railsOf(payer.policy).find((rail) => !without.includes(rail));
  const quote = await payer.seller.quote(offeringPath(job.offering), body, first);
  const at = payer.clock();
  if ('refused' in quote) return { stands: await refuse(payer, job, quote.refused) };
  if ('unavailable' in quote) return { stands: await waitForSeller(payer, job, quote) };
  const { maxPriceAtomic } = job;
  const ceiling = ceilingOf(payer.policy, job.offering, entry, job.body, { maxPriceAtomic, uploadsAtomic });
  const choice = selectRequirements(quote.challenge, payer.policy, ceiling, at, without);
  if (!('refused' in choice)) return { choice, challenge: quote.challenge, at };
  return {
    stands: without.length > 0 ? await standAside(payer, job) : await refuse(payer, job, choice.refused),
  };
}
