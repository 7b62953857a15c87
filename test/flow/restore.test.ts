import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chainLedgerIn, openFinding } from '../../shared/aws/dynamodb-chain.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../shared/aws/dynamodb-table.ts';
import { tokenKey } from '../../shared/core/budget.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

/** The steps of "Restore the ledger" in `infra/docs/operate.md`, on the local world and a real chain. */

type Row = Record<string, AttributeValue>;

let booth: TestBooth;
let client: DynamoDBClient;
let table: string;
beforeAll(async () => {
  booth = await openTestBooth();
  table = booth.world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
  client = dynamoDbWith(booth.world.sdk('dynamodb'));
});
afterAll(async () => {
  client?.destroy();
  await booth?.close();
});

const request = { prompt: 'a ledger', resolution: '0.5 MP' };

async function rows(): Promise<Row[]> {
  const all: Row[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) all.push(...Items);
  return all;
}

/** As the table of the service stands after the backup was copied into it. */
async function restore(backup: readonly Row[]): Promise<void> {
  for (const { pk, sk } of await rows())
    if (pk && sk) await client.send(new DeleteItemCommand({ TableName: table, Key: { pk, sk } }));
  for (const Item of backup) await client.send(new PutItemCommand({ TableName: table, Item }));
}

interface Look {
  readonly settled: number;
  readonly unexplained: readonly string[];
}
async function look(): Promise<Look> {
  const outcome = await booth.world.invoke('reconciler', {});
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  const [first] = outcome.payload as [Look];
  return first;
}

test('an old ledger is put back: what it lost is found on the chain, noted, and never paid twice', async () => {
  const control = controlIn(table, client);
  const say = (enabled: boolean) =>
    control.writeSigning({ enabled, reason: 'restoring the ledger', by: 'a test', at: Date.now() });
  const key = (name: string) => ({
    headers: { 'content-type': 'application/json', 'idempotency-key': name },
  });
  const settlements = async () => (await booth.sandbox?.chain.settlements(booth.wallet))?.length;
  const submit = async (name: string) => {
    const answer = (await (await booth.post(request, key(name))).json()) as { jobId: string };
    return answer.jobId;
  };

  const kept = await submit('kept');
  await booth.ended(kept);
  await expect.poll(async () => (await look()).settled, { timeout: 15_000, interval: 300 }).toBe(1);
  const backup = await rows();

  const lost = await submit('lost');
  expect((await booth.ended(lost)).detail.status).toBe('delivered');
  expect(await settlements()).toBe(2);

  await say(false);
  await restore(backup);
  // A restored table remembers that it was allowed to sign.
  expect(await control.readSigning()).toMatchObject({ enabled: true });
  await say(false);

  // What the backup has goes on: the same request is the same job.
  expect(await submit('kept')).toBe(kept);
  expect(await settlements()).toBe(2);

  // What it lost is on the chain, by its nonce.
  await expect
    .poll(async () => (await look()).unexplained.join('\n'), { timeout: 40_000, interval: 300 })
    .toMatch(/0x[0-9a-f]{64}/);
  const chainLedger = chainLedgerIn(table, client);
  const { network, token } = booth.sandbox?.chain ?? {};
  const name = tokenKey(network ?? 'eip155:0', token?.address ?? '', booth.wallet);
  const finding = await openFinding(chainLedger, name);
  if (!finding) throw new Error('The look left no finding.');
  const noted = { reason: 'lost with the ledger', by: 'a test', at: Date.now() };
  expect(await chainLedger.takeNote(name, finding, noted)).toBe(true);
  // The look that goes past it says it once more.
  await look();
  expect((await look()).unexplained).toEqual([]);

  await say(true);
  expect((await booth.ended(await submit('after'))).detail.status).toBe('delivered');
  await expect.poll(async () => (await look()).settled, { timeout: 15_000, interval: 300 }).toBe(1);
  expect(await settlements()).toBe(3);
});
