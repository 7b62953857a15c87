import { Logger } from '@aws-lambda-powertools/logger';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { chainLedgerIn } from '../../shared/aws/dynamodb-chain.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { walletAddressOf } from '../../shared/aws/kms-address.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { agreed } from './agree.ts';
import { chainAt } from './chain.ts';
import { type Reconciliation, reconcile } from './reconcile.ts';
import { tripBreakers } from './trip-breakers.ts';

const environment = readEnvironment('reconciler', process.env);
const logger = new Logger({ serviceName: 'reconciler' });
const address = await walletAddressOf(environment.KEY_ID);
const control = controlIn(environment.TABLE_NAME);
const ports = {
  ledger: ledgerIn(environment.TABLE_NAME),
  chainLedger: chainLedgerIn(environment.TABLE_NAME),
  control,
  queue: paymentQueueAt(environment.QUEUE_URL),
  timings: environment.TIMINGS,
  clock: Date.now,
};

/** On a schedule, and on demand: payees that bring nothing, and every token on every chain whose nodes are configured. */
export async function handler(): Promise<readonly Reconciliation[]> {
  const { floor, lossesPerHour } = (await control.readLimits()) ?? environment.LIMITS;
  for (const payTo of await tripBreakers(ports, lossesPerHour)) logger.error('stopped a payee', { payTo });
  const looks: Reconciliation[] = [];
  for (const asset of environment.SELLER.assets) {
    const nodes = environment.CHAINS[asset.network];
    if (!nodes) continue;
    const chain = agreed(nodes.map((rpcUrl) => chainAt(rpcUrl, asset.asset, address)));
    const look = await reconcile({ ...ports, chain, asset, floorAtomic: floor });
    logger[look.unexplained.length > 0 ? 'error' : 'info']('looked at the chain', { ...look });
    looks.push(look);
  }
  return looks;
}
