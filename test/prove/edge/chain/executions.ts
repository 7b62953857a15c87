import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { type Authorization, freezeAuthorization } from '../../../../shared/core/authorization.ts';
import { nonceOf } from '../../../../shared/protocol/eip3009.ts';
import type { Proving } from '../../suite.ts';
import { type Chance, chanceFrom } from '../chance.ts';
import type { Tally } from '../tally.ts';
import { scenarios } from './scenarios.ts';
import { type StillChain, startStillChain } from './still-chain.ts';

/** What a scenario works with: a payer with money, and a fresh authorization as the payer freezes it. */
export interface Stage {
  readonly still: StillChain;
  readonly payer: PrivateKeyAccount;
  readonly stranger: PrivateKeyAccount;
  readonly chance: Chance;
  /** The second of the newest block. */
  readonly now: number;
  readonly authorization: Authorization;
}

const funds = 10_000_000_000n;

function freeze(still: StillChain, payer: PrivateKeyAccount, chance: Chance, now: number): Authorization {
  const { network, token } = still.chain;
  const { address, ...words } = token;
  const generation = chance.between(1, 2);
  const purchaseId = chance.uuid();
  return freezeAuthorization({
    asset: { network, asset: address, ...words },
    from: payer.address,
    payTo: chance.hex(20),
    amountAtomic: String(chance.between(1, 1_000_000)),
    maxTimeoutSeconds: chance.between(30, 900),
    nonce: nonceOf({ deployment: 'the proof', network, asset: address, purchaseId, generation }),
    nowSeconds: now,
  });
}

/** Plays so many executions on Circle's token; what the payer lost must be what was settled, to the unit. */
export async function proveExecutions(
  { seed, progress }: Omit<Proving, 'size'>,
  tally: Tally,
  executions: number,
): Promise<void> {
  const still = await startStillChain();
  try {
    const chance = chanceFrom(seed, 'chain');
    const payer = privateKeyToAccount(chance.hex(32));
    const stranger = privateKeyToAccount(chance.hex(32));
    await still.chain.fund(payer.address, funds);
    let settled = 0n;
    for (let index = 0; index < executions; index += 1) {
      const drawn = chanceFrom(seed, 'execution', index);
      // Each of them in turn, so that a small run has seen all.
      const [what, play] = scenarios[index % scenarios.length] ?? [];
      const name = `execution ${index} of seed ${seed}, ${what}`;
      await tally.each(name, async () => {
        const now = await still.now();
        const authorization = freeze(still, payer, drawn, now);
        const stage: Stage = { still, payer, stranger, chance: drawn, now, authorization };
        settled += (await play?.(stage, (wrong) => tally.breach(`${name}: ${wrong}`))) ?? 0n;
        const left = await still.chain.balance(payer.address);
        if (left !== funds - settled)
          tally.breach(`${name}: the payer holds ${left}, not ${funds - settled}`);
        tally.count('executions');
      });
      if (index % 25 === 0) progress(index, executions);
    }
    tally.count('settlements', (await still.chain.settlements(payer.address)).length);
  } finally {
    await still.close();
  }
}
