import { askWithdrawal } from '../../../infra/cli/ask-withdrawal.ts';
import { paidAssets } from '../../../shared/core/policy.ts';
import { isWithdrawal } from '../../../shared/core/withdrawal.ts';
import { walletAddress } from './keyed-wallet.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Asks for money out of the wallet, as an operator does at the command line. */
export function withdraw(world: World, amountAtomic: string): void {
  world.invoke('operator', async ({ ledger, queue, policy, timings, clock }) => {
    const [paid] = paidAssets(policy);
    if (!paid) return;
    const ports = { ledger, payments: queue, wallet: walletAddress, settings: { timings } };
    await askWithdrawal(ports, { network: paid.network, asset: paid.asset, amountAtomic }, clock());
  });
}

/** Somebody with gas submits whatever is signed for the treasury at this moment. */
export async function submitWithdrawals({ watchdog, memory, chain }: World): Promise<void> {
  const signed = [...watchdog.jobs.values()].filter(
    (job) => isWithdrawal(job) && job.status === 'authorized',
  );
  for (const job of signed) {
    const { authorization } = (await memory.readAuthorization(job)) ?? {};
    const signedHeader = await memory.headers.read(job);
    if (!authorization || authorization.rail === 'tempo' || signedHeader === undefined) continue;
    const { validAfter, validBefore } = authorization;
    const transfer = { ...authorization, validAfter: String(validAfter), validBefore: String(validBefore) };
    void chain.settle(transfer, signedHeader);
  }
}

/** A treasurer now and then: asks for a little, and submits it soon, late, twice or not at all. */
export function moveMoney(world: World, random: Random, from: number, to: number): void {
  const { timeline } = world;
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    const at = random.between(from, to);
    const amount = String(10_000 * random.between(1, 6));
    timeline.at(at, () => withdraw(world, amount));
    // Who did not hear, or is not sure, says it again.
    if (random.chance(0.3)) timeline.at(at + random.between(1, 60_000), () => withdraw(world, amount));
    for (let hands = random.pick([0, 1, 1, 2]); hands > 0; hands -= 1)
      timeline.at(at + random.between(1_000, 3_700_000), () => submitWithdrawals(world));
  }
}
