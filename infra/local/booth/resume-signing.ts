import { setTimeout as sleep } from 'node:timers/promises';
import { controlIn } from '../../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../../shared/aws/dynamodb-table.ts';
import type { World } from '../world/world.ts';

const pauseMilliseconds = 250;
const patienceMilliseconds = 20_000;

/**
 * Every deployment is born stopped; the local world resumes itself, once the reconciler has seen the wallet's funds in a
 * final block. With a stop that somebody has said before, it stays stopped.
 */
export async function resumeSigning(
  world: World,
  {
    readsChain,
    isFunded,
    progress,
  }: { readsChain: boolean; isFunded: boolean; progress: (line: string) => void },
): Promise<void> {
  const table = world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
  const control = controlIn(table, dynamoDbWith(world.sdk('dynamodb')));
  if (readsChain) {
    progress('waiting until the wallet is seen in a final block');
    await seeWallet(world, isFunded);
  }
  if (await control.readSigning()) return;
  await control.writeSigning({
    enabled: true,
    reason: 'The local world resumes itself.',
    by: 'npm start',
    at: Date.now(),
  });
}

/** A wallet that nobody here has funded may be empty; it is looked at all the same. */
async function seeWallet(world: World, isFunded: boolean): Promise<void> {
  const until = Date.now() + patienceMilliseconds;
  for (;;) {
    const look = await world.invoke('reconciler', {});
    const looks = look.ok && Array.isArray(look.payload) ? (look.payload as { balance: number }[]) : [];
    if (looks.length > 0 && (looks.every(({ balance }) => balance > 0) || !isFunded)) return;
    if (Date.now() > until)
      throw new Error(
        `The wallet is not seen on the chain: ${look.ok ? 'it is empty' : look.error.errorMessage}`,
      );
    await sleep(pauseMilliseconds);
  }
}
