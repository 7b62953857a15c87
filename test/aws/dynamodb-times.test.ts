import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { createDynamoDb } from '../../infra/local/aws/dynamodb.ts';
import { modelTimesIn } from '../../shared/aws/dynamodb-times.ts';
import type { ModelTimes } from '../../shared/core/model-times.ts';
import { itemBytes } from '../bench/count/item-size.ts';
import { start } from '../functions/jobs.ts';
import { inProcessClient } from '../prove/edge/ledger/in-process.ts';

test('what was learned is kept for each size of an offering, and read as it was written', async () => {
  const dynamoDb = createDynamoDb();
  const client = inProcessClient(dynamoDb.service);
  await dynamoDb.createTable({
    TableName: 'ledger',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
  });
  const times = modelTimesIn('ledger', client);
  const small = { offering: 'flux-2-pro/generate', size: 'resolution=0.5 MP' };
  const large = { offering: 'flux-2-pro/generate', size: 'resolution=2 MP' };
  const row: ModelTimes = { medianSeconds: 4.871, sigma: 0.21, seen: [[4.85, 5.8]], learnedAt: start };
  // As many and as long ones as there can be: times that are written to the hundredth and to the millisecond.
  const full: ModelTimes = { ...row, seen: Array.from({ length: 64 }, () => [234.56, 245.678]) };

  expect(await times.read(small)).toBeUndefined();
  await times.put(small, row);
  await times.put(large, row);
  await times.put(large, full);
  expect([await times.read(small), await times.read(large)]).toEqual([row, full]);
  expect(await times.list('flux-2-pro/generate')).toEqual([
    { ...row, size: 'resolution=0.5 MP' },
    { ...full, size: 'resolution=2 MP' },
  ]);
  expect(await times.list('flux-2-pro/edit')).toEqual([]);
  // One unit for a reading, two for a writing.
  expect(itemBytes(marshall({ pk: 'TIMES#flux-2-pro/generate', sk: large.size, ...full }))).toBeLessThan(
    2048,
  );

  const edited = { pk: 'TIMES#flux-2-pro/edit', sk: 'any', ...row, medianSeconds: -1 };
  await client.send(new PutItemCommand({ TableName: 'ledger', Item: marshall(edited) }));
  await expect(times.read({ offering: 'flux-2-pro/edit', size: 'any' })).rejects.toMatchObject({
    name: 'Defect',
  });
  client.destroy();
  await dynamoDb.close();
});
