import type { Proven, Proving, Suite } from '../../suite.ts';
import { newTally, sized } from '../tally.ts';
import { proveDigests } from './digests.ts';
import { proveExecutions } from './executions.ts';

/** Compares so many digests, and plays so many executions on a chain of its own. */
export async function proveChain(
  proving: Omit<Proving, 'size'>,
  amounts: { digests: number; executions: number },
): Promise<Proven> {
  const tally = newTally();
  await proveDigests(proving, tally, amounts.digests);
  await proveExecutions(proving, tally, amounts.executions);
  return tally.proven();
}

export const chain: Suite = {
  name: 'chain',
  claim:
    'What is signed is what Circle’s token pays: once, inside its window, on its own chain; a replay, a changed field and a second signature under the nonce move nothing.',
  zero: ['digests on which two encoders differ', 'payments that a signature did not say', 'second payments'],
  prove: (proving) =>
    proveChain(proving, {
      digests: sized(proving, 10_000, 500),
      executions: sized(proving, 500, 40),
    }),
};
