import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { World } from '../../../infra/local/world/world.ts';

type Looked = Pick<World, 'invoke' | 'queue' | 'resource' | 'sdk'>;

/** Looks at the chain until everything that was paid is proven, and the payer has erased what was signed for it. */
export async function settleAll(world: Looked): Promise<void> {
  for (let looks = 0; looks < 100; looks += 1) {
    const outcome = await world.invoke('reconciler', {});
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    const [{ open = 0 } = {}] = outcome.payload as [{ open?: number }?];
    if (open === 0) return erased(world);
    await sleep(300);
  }
  throw new Error('The chain does not show what was paid.');
}

async function erased(world: Looked): Promise<void> {
  const TableName = world.resource('Headers', 'AWS::DynamoDB::GlobalTable').ref;
  const client = new DynamoDBClient(world.sdk('dynamodb'));
  try {
    for (let looks = 0; looks < 100; looks += 1) {
      const { Count = 0 } = await client.send(new ScanCommand({ TableName, Select: 'COUNT' }));
      // The row is gone before its invocation ends, and the message goes after that.
      if (Count === 0 && world.queue('Payments').bodies().length === 0) return;
      await sleep(100);
    }
  } finally {
    client.destroy();
  }
  throw new Error('Signed headers are kept though their money is known.');
}
