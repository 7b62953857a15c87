import { agreed } from '../../functions/reconciler/agree.ts';
import { readersOf } from '../../functions/reconciler/read-chain.ts';
import { type Finding as ChainFinding, openFinding } from '../../shared/aws/dynamodb-chain.ts';
import { tokenKey } from '../../shared/core/budget.ts';
import { offeringPath } from '../../shared/core/catalogue.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { paidAssets } from '../../shared/core/policy.ts';
import { selectRequirements } from '../../shared/core/selection.ts';
import { askPrice } from '../../shared/seller/quote.ts';
import type { Deployment } from './deployment.ts';
import { lookAtNode } from './node-looks.ts';

/** One thing that must be so before a booth may sign, and how it stands. */
export interface Finding {
  readonly name: 'node' | 'chain' | 'wallet' | 'ledger' | 'payee';
  readonly isReady: boolean;
  /** In words for the person who decides. */
  readonly says: string;
}

const question = { name: 'flux-2-pro/generate', body: JSON.stringify({ prompt: 'a question of price' }) };

/**
 * Looks at everything that must hold before anything is signed: each node answers what the reconciler
 * asks, all agree on a final block, the wallet is funded in it, and a fresh quote of the seller names a payee of ours.
 */
export async function readiness(deployment: Deployment): Promise<readonly Finding[]> {
  return [...(await chainFindings(deployment)), await payeeFinding(deployment)];
}

async function chainFindings({ settings, wallet, chainLedger }: Deployment): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const asset of paidAssets(settings.seller)) {
    const nodes = settings.chains[asset.network];
    if (!nodes) {
      const says = `no nodes of ${asset.network} are configured (coinbooth.chains): nothing can be proven`;
      findings.push({ name: 'chain', isReady: false, says });
      continue;
    }
    const readers = readersOf(nodes, asset, wallet);
    const looks = await Promise.all(readers.map((reader) => lookAtNode(reader, asset.decimals)));
    findings.push(...looks.map((look) => ({ name: 'node' as const, ...look })));
    if (looks.some(({ isReady }) => !isReady)) continue;
    const chain = agreed(readers);
    try {
      const head = await chain.finalHead();
      const balance = await chain.balance(head.number);
      const amount = formatUsd(balance.toString(), asset.decimals);
      findings.push(
        { name: 'chain', isReady: true, says: `${agreeing(readers.length)} final block ${head.number}` },
        { name: 'wallet', isReady: balance > 0n, says: `${wallet} holds ${amount} in it` },
      );
      const open = await openFinding(chainLedger, tokenKey(asset.network, asset.asset, wallet));
      if (open) findings.push({ name: 'ledger', isReady: false, says: unexplained(open) });
    } catch (error) {
      const { message } = error as Error;
      findings.push({ name: 'chain', isReady: false, says: `${asset.network}: ${message.split('\n')[0]}` });
    }
  }
  return findings;
}

const unexplained = ({ unexplained: [first], blockNumber }: ChainFinding): string =>
  `cannot explain what the chain shows up to block ${blockNumber}: ${first}; see "coinbooth acknowledge"`;

const agreeing = (nodes: number): string => (nodes === 1 ? 'one node shows' : `${nodes} nodes agree on`);

async function payeeFinding({ settings: { seller } }: Deployment): Promise<Finding> {
  const quote = await askPrice(seller.origin, offeringPath(question.name), question.body);
  const finding = (isReady: boolean, says: string): Finding => ({ name: 'payee', isReady, says });
  if ('refused' in quote) return finding(false, quote.refused.message);
  if ('unavailable' in quote) return finding(false, quote.unavailable);
  const selection = selectRequirements(quote.challenge, seller, 10_000_000_000n, Date.now());
  return 'refused' in selection
    ? finding(false, selection.refused.message)
    : finding(true, `a fresh quote of ${seller.origin} is paid to ${selection.payTo}`);
}
