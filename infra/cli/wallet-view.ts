import { readChain } from '../../functions/reconciler/read-chain.ts';
import { floatKey } from '../../shared/core/budget.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { paidAssets } from '../../shared/core/policy.ts';
import type { Deployment } from './deployment.ts';

/** What the wallet holds of one token, and how much of it is spoken for. */
export interface Holding {
  readonly network: string;
  readonly asset: string;
  /** In the newest block that is final to all nodes; absent where none are configured or they do not answer. */
  readonly balance?: { readonly block: number; readonly amountAtomic: string; readonly usd: string };
  /** Of the ledger's own row: what may still be reserved, and what is. */
  readonly free?: string;
  readonly held?: string;
  /** Why the balance is not known. */
  readonly unknown?: string;
}

export interface WalletSight {
  readonly address: string;
  readonly holdings: readonly Holding[];
}

/** Looks at the wallet, on the chain and in the ledger. */
export async function lookAtWallet({ settings, wallet, control }: Deployment): Promise<WalletSight> {
  const holdings = paidAssets(settings.seller).map(async (paid): Promise<Holding> => {
    const { network, asset, decimals } = paid;
    const row = await control.readBudget(floatKey(network, asset, wallet));
    const usd = (amount: number) => formatUsd(String(amount), decimals);
    const spoken = row && { free: usd(Math.max(0, row.remaining)), held: usd(row.held) };
    const nodes = settings.chains[network];
    if (!nodes) return { network, asset, ...spoken, unknown: 'no nodes of this chain are configured' };
    const chain = readChain(nodes, paid, wallet);
    try {
      const head = await chain.finalHead();
      const amountAtomic = (await chain.balance(head.number)).toString();
      const balance = { block: head.number, amountAtomic, usd: formatUsd(amountAtomic, decimals) };
      return { network, asset, balance, ...spoken };
    } catch (error) {
      return { network, asset, ...spoken, unknown: (error as Error).message.split('\n')[0] ?? '' };
    }
  });
  return { address: wallet, holdings: await Promise.all(holdings) };
}
