import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { createDynamoDb } from '../../infra/local/aws/dynamodb.ts';
import { daySpending } from '../../shared/aws/dynamodb-day.ts';
import { dayOf } from '../../shared/core/budget.ts';
import { happened, jobAfter, newJob } from '../functions/jobs.ts';
import { inProcessClient } from '../prove/edge/ledger/in-process.ts';

test('a day is what its purchases came to, by model, caller and hour; others and what was given back are not in it', async () => {
  const dynamoDb = createDynamoDb();
  const client = inProcessClient(dynamoDb.service);
  const tableName = 'ledger';
  await dynamoDb.createTable({
    TableName: tableName,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  });
  const put = (pk: string, row: object) =>
    client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: marshall({ pk, ...row }, { removeUndefinedValues: true }),
      }),
    );
  const reserved = (caller: string) => {
    const job = newJob({ caller });
    return jobAfter(job, happened.reserved(job));
  };
  const [held, spent, back, other] = ['AIDAONE', 'AIDATWO', 'AIDATWO', 'AIDATWO'].map(reserved);
  if (!held?.purchase || !spent?.purchase || !back?.purchase || !other?.purchase) throw new Error('unpaid');
  const { reservedDay, reservedAt, amountAtomic } = held.purchase;
  expect(reservedDay).toBe(dayOf(reservedAt));
  await put(`JOB#${held.jobId}`, held);
  await put(`JOB#${spent.jobId}`, { ...spent, purchase: { ...spent.purchase, holdState: 'committed' } });
  await put(`JOB#${back.jobId}`, { ...back, purchase: { ...back.purchase, holdState: 'released' } });
  await put(`JOB#${other.jobId}`, { ...other, purchase: { ...other.purchase, reservedDay: '2020-01-01' } });
  // An upload is spent by the caller whose job bought it.
  await put(`JOB#upload`, { ...held, caller: 'coinbooth', forCaller: 'AIDATHREE', offering: 'upload' });
  await put('PURCHASE#x', held);
  await put('JOB#unpriced', newJob());

  const price = Number(amountAtomic);
  const day = await daySpending({ client, tableName }, reservedDay);
  expect(day).toMatchObject({
    isPartial: false,
    byModel: { [held.offering]: { held: price, committed: price }, upload: { held: price, committed: 0 } },
  });
  expect(day.byCaller).toEqual({
    AIDAONE: { held: price, committed: 0 },
    AIDATWO: { held: 0, committed: price },
    AIDATHREE: { held: price, committed: 0 },
  });
  expect(day.byHour).toHaveLength(24);
  expect(day.byHour[new Date(reservedAt).getUTCHours()]).toEqual({ held: 2 * price, committed: price });
  client.destroy();
  await dynamoDb.close();
});
