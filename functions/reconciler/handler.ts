import type { Context } from 'aws-lambda';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { chainLedgerIn } from '../../shared/aws/dynamodb-chain.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { modelTimesIn } from '../../shared/aws/dynamodb-times.ts';
import { walletAddressOf } from '../../shared/aws/kms-address.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { paidAssets } from '../../shared/core/policy.ts';
import { loggerOf } from '../logger.ts';
import { readingsOf } from '../write-readings.ts';
import { askErasure } from './ask-erasure.ts';
import { countDelivered } from './count-delivered.ts';
import { learnTimes } from './learn-times.ts';
import { ledgerReadings } from './ledger-readings.ts';
import { readChain } from './read-chain.ts';
import { type Reconciliation, reconcile } from './reconcile.ts';
import { tripBreakers } from './trip-breakers.ts';

/** Where nobody says how long an invocation may take: as the stack sets it. */
const defaultMilliseconds = 240_000;
const environment = readEnvironment('reconciler', process.env);
const logger = loggerOf('reconciler');
const write = readingsOf(environment.METRICS_NAMESPACE, 'reconciler');
const control = controlIn(environment.TABLE_NAME);
const ports = {
  ledger: ledgerIn(environment.TABLE_NAME),
  chainLedger: chainLedgerIn(environment.TABLE_NAME),
  control,
  queue: paymentQueueAt(environment.QUEUE_URL),
  times: modelTimesIn(environment.TABLE_NAME),
  timings: environment.TIMINGS,
  clock: Date.now,
};

/** On a schedule, and on demand: payees that bring nothing, and every token on every chain whose nodes are configured. */
export async function handler(
  _event?: unknown,
  context?: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<readonly Reconciliation[]> {
  const allEndAt = Date.now() + (context?.getRemainingTimeInMillis() ?? defaultMilliseconds);
  const limits = (await control.readLimits()) ?? environment.LIMITS;
  const { floor, lossesPerHour } = limits;
  const tripped = await tripBreakers(ports, lossesPerHour);
  for (const model of tripped.models) logger.error('stopped a model', { model });
  for (const payTo of tripped.payees) logger.error('stopped a payee', { payTo });
  const counting = { control, policy: environment.SELLER, clock: Date.now };
  const exposures = await countDelivered(counting).catch(({ name, message }: Error) => {
    // A payee that nobody counts is held to the configured number.
    logger.warn('deliveries not counted', { error: { name, message } });
    return undefined;
  });
  const looks: Reconciliation[] = [];
  const failures: Error[] = [];
  const closed: Job[] = [];
  const proven = (job: Job): void => {
    const { jobId, proof } = job;
    closed.push(job);
    logger.info('proven', { jobId, state: proof?.state, transaction: proof?.transaction });
  };
  const assets = paidAssets(environment.SELLER);
  // The wallet that pays now, and before it those whose last authorizations may still be open.
  const keyIds = [environment.KEY_ID, ...environment.EARLIER_KEY_IDS];
  let left = keyIds.length * assets.length;
  for (const keyId of keyIds) {
    for (const asset of assets) {
      // A slow chain takes no more than its share of the time.
      const endsAt = Date.now() + (allEndAt - Date.now()) / left;
      left -= 1;
      const nodes = environment.CHAINS[asset.network];
      if (!nodes) continue;
      try {
        const address = await walletAddressOf(keyId);
        const chain = readChain(nodes, asset, address, { endsAt });
        const wallet = { address };
        const look = await reconcile({ ...ports, proven, chain, asset, wallet, floorAtomic: floor, endsAt });
        logger[look.unexplained.length > 0 ? 'error' : 'info']('looked at the chain', {
          wallet: address,
          ...look,
        });
        looks.push(look);
      } catch (error) {
        const failure = unread(asset.network, error);
        logger.error('the chain could not be read', {
          error: { name: failure.name, message: failure.message },
        });
        failures.push(failure);
      }
    }
  }
  await askErasure(ports, closed).catch(({ name, message }: Error) =>
    // The table forgets them by itself.
    logger.warn('nobody was asked to erase signed headers', { error: { name, message } }),
  );
  await learnTimes(ports, closed).catch(({ name, message }: Error) =>
    // The times that are known do for now.
    logger.warn('nothing learned of the models', { error: { name, message } }),
  );
  // An earlier wallet's look is none at a chain without nodes.
  const isWhole = failures.length === 0 && assets.every(({ network }) => environment.CHAINS[network]);
  write(await ledgerReadings({ control, limits, exposures, looks, isWhole, now: Date.now() }));
  // Whoever asked for a look is told that there was none.
  if (failures[0]) throw failures[0];
  return looks;
}

/** Errors of nodes name their hosts and no key; the words of any other library are told without an address. */
function unread(network: string, error: unknown): Error {
  const { name, message } = error as Error;
  const says =
    error instanceof CoinboothError ? message : message.replaceAll(/https?:\/\/\S+/g, 'an address');
  const failure = new Error(`The chain ${network} could not be read: ${says}`);
  failure.name = name;
  return failure;
}
