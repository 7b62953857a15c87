import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { describe, expect, test } from 'vitest';
import { read, utils } from 'xlsx';
import { controlIn } from '../../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../../shared/aws/dynamodb-table.ts';
import { dayOf } from '../../../shared/core/budget.ts';
import { type AnnouncedBooth, json } from './run-cli.ts';

/** Keeping the books of what was bought before, and going on with what failed. */
export function describeKeepers(open: AnnouncedBooth): void {
  const { booth, folder } = open;
  const inFolder = (name: string): string => join(folder, name);
  const small = { prompt: 'a ledger', resolution: '0.5 MP' };

  /** Has everything looked at until nothing is open any more. */
  async function reconciled(): Promise<void> {
    const look = async () => {
      const outcome = await booth.world.invoke('reconciler', {});
      return outcome.ok ? outcome.payload : outcome.error.errorMessage;
    };
    await expect.poll(look, { timeout: 30_000, interval: 300 }).toMatchObject([{ open: 0, unexplained: [] }]);
  }

  describe('the books', () => {
    test('hold every authorization, and add up to the chain and to the ledger', async () => {
      booth.sandbox?.seller.faults.set('failed-job', { times: 1 });
      const lost = await booth.ended(await booth.submit(small));
      expect(lost.detail.status).toBe('undelivered');
      const openYet = await open.local('export', '--format', 'json');
      expect(openYet.stdout.split('\n').filter((line) => line.includes('"state":"open"'))).not.toEqual([]);
      await reconciled();

      const { stdout } = await open.local('export', '--format', 'json');
      const lines = stdout.trim().split('\n').map(json) as unknown as Record<string, string>[];
      const settlements = (await booth.sandbox?.chain.settlements(booth.wallet)) ?? [];
      const chain = new Map(settlements.map(({ nonce, transaction }) => [nonce, transaction]));
      expect(lines.map(({ nonce, transaction }) => [nonce, transaction]).toSorted()).toEqual(
        [...chain].toSorted(),
      );
      const spent = lines.reduce((sum, { amountAtomic = '' }) => sum + BigInt(amountAtomic), 0n);
      expect(spent).toBe(settlements.reduce((sum, { value }) => sum + value, 0n));
      const table = booth.world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
      const control = controlIn(table, dynamoDbWith(booth.world.sdk('dynamodb')));
      const budget = await control.readBudget(`${dayOf(Date.now())}#total`);
      expect(budget).toMatchObject({ held: 0, committed: Number(spent) });
      expect(lines.filter(({ isLoss }) => isLoss)).toMatchObject([
        { jobId: lost.detail.jobId, outcome: 'undelivered', state: 'settled' },
      ]);
    });

    test('come with what each settled job showed of its model’s time, once', async () => {
      const learned = async () => {
        const { times } = json((await open.local('models', '--times', '--json')).stdout) as unknown as {
          times: { name: string; size: string; jobs: number }[];
        };
        return times.find(({ name, size }) => name === 'flux-2-pro/generate' && size === 'resolution=0.5 MP');
      };
      const { jobs: before = 0, ...others } = (await learned()) ?? {};
      expect(before).toBeGreaterThan(0);
      expect(others).toMatchObject({ medianSeconds: expect.any(Number), sigma: expect.any(Number) });
      expect((await booth.ended(await booth.submit(small))).detail.status).toBe('delivered');
      await reconciled();
      expect(await learned()).toMatchObject({ jobs: before + 1 });
      await booth.world.invoke('reconciler', {});
      expect(await learned()).toMatchObject({ jobs: before + 1 });
      const { stdout } = await open.local('models', 'flux-2-pro', '--times');
      expect(stdout).toMatch(
        /^flux-2-pro\/generate +resolution=0\.5 MP .* by \d+ jobs +\(catalogue .* s; first look/m,
      );
      expect((await open.local('models', 'sora-2', '--times')).stdout).toContain('Nothing was learned yet');
    });

    test('are reported by caller, model and payee, with what was lost', async () => {
      const report = json((await open.local('report', '--json')).stdout) as unknown as {
        total: { spent: string; lost: string };
        by: Record<string, { name: string; spent: string }[]>;
      };
      expect(report.total).toMatchObject({ lost: '$0.02', open: '$0.00', losses: 1 });
      expect(report.by.payee).toMatchObject([
        { name: booth.sandbox?.seller.payTo, spent: report.total.spent },
      ]);
      expect(report.by.model?.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['flux-2-pro/generate', 'flux-2-pro/edit', 'upload']),
      );
      const { stdout } = await open.local('report');
      expect(stdout).toMatch(/by caller\n {2}AIDALOCALOPERATOR0001 .*lost \$0\.02 in 1/);
    });

    test('are read as Parquet by a reader that nobody here wrote', async () => {
      const file = inFolder('books.parquet');
      const { stdout } = await open.local('export', '--format', 'parquet', '-o', file, '--json');
      const table = tableFromIPC(readParquet(await readFile(file)).intoIPCStream());
      expect(table.numRows).toBe(json(stdout).lines);
      const rows = table.toArray().map((row) => row.toJSON() as Record<string, unknown>);
      const sum = rows.reduce((total, { amountAtomic }) => total + (amountAtomic as bigint), 0n);
      expect(`$${Number(sum) / 1e6}`).toBe(json(stdout).spent);
      expect(rows.filter(({ isLoss }) => isLoss)).toMatchObject([
        { state: 'settled', day: dayOf(Date.now()) },
      ]);
      expect(rows.every(({ transaction }) => /^0x[0-9a-f]{64}$/.test(String(transaction)))).toBe(true);
      const types = new Map(table.schema.fields.map(({ name, type }) => [name, String(type)]));
      expect(types.get('amountAtomic')).toBe('Int64');
      expect(types.get('bookedAt')).toMatch(/^Timestamp<MILLI/);
    });

    test('are read as CSV by a spreadsheet', async () => {
      const file = inFolder('books.csv');
      await open.local('export', '-o', file);
      const book = read(await readFile(file, 'utf8'), { type: 'string', raw: true });
      const rows = utils.sheet_to_json<Record<string, string>>(book.Sheets[book.SheetNames[0] ?? ''] ?? {});
      const { total } = json((await open.local('report', '--json')).stdout) as unknown as {
        total: { spent: string };
      };
      const cents = rows.reduce((sum, { usd }) => sum + Math.round(Number(usd) * 1e6), 0);
      expect(`$${cents / 1e6}`).toBe(total.spent);
    });
  });

  test('claims list what was paid and brought nothing, with what proves it', async () => {
    const { code, stdout } = await open.local('claims', '--json');
    const { claims } = json(stdout) as unknown as { claims: Record<string, unknown>[] };
    expect([code, claims]).toMatchObject([
      1,
      [{ outcome: 'undelivered', money: 'spent', usd: '$0.02', proof: { state: 'settled' } }],
    ]);
    expect((await open.local('claims')).stdout).toContain('shown by block');
  });

  test('redrive goes on with what failed for good, from where it is stored, and pays nothing twice', async () => {
    const dead = booth.world.queue('PaymentDeadLetters');
    const sqs = new SQSClient(booth.world.sdk('sqs'));
    const drop = (body: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody: body }));
    const done = await booth.ended(await booth.submit(small));
    expect((await open.local('stop', 'a drill')).code).toBe(0);
    const jobId = await booth.submit(small);
    await drop(JSON.stringify({ jobId }));
    await drop(JSON.stringify({ jobId: done.detail.jobId }));
    await drop('no message of ours');

    const dry = json((await open.local('redrive', '--dry-run', '--json')).stdout);
    expect(dry).toMatchObject({ dryRun: true, resumed: 1, left: 1 });
    expect(dead.bodies()).toHaveLength(3);
    expect((await open.local('resume', 'the drill is over')).code).toBe(0);
    const { code, stdout } = await open.local('redrive', '--json');
    expect([code, json(stdout).jobs]).toEqual([
      1,
      expect.arrayContaining([
        expect.objectContaining({ jobId, did: 'resumed' }),
        expect.objectContaining({ jobId: done.detail.jobId, did: 'already finished', money: 'spent' }),
        expect.objectContaining({ did: 'left: it names no job' }),
      ]),
    ]);
    expect(dead.bodies()).toEqual(['no message of ours']);
    const ended = await booth.ended(jobId);
    expect([ended.detail.status, await booth.settlements(ended)]).toEqual(['delivered', 1]);
    expect(await booth.settlements(done)).toBe(1);
    expect((await open.local('redrive', jobId)).code).toBe(0);
  });

  test('a row that cannot be read keeps redrive and claims from no other job', async () => {
    const dynamo = new DynamoDBClient(booth.world.sdk('dynamodb'));
    const TableName = booth.world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
    const say = (Key: Record<string, { S: string }>, status: string) =>
      dynamo.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'SET #status = :status',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':status': { S: status } },
        }),
      );
    booth.sandbox?.seller.faults.set('failed-job', { times: 1 });
    const { detail: lost } = await booth.ended(await booth.submit(small));
    const { detail: done } = await booth.ended(await booth.submit(small));
    const row = { pk: { S: `JOB#${lost.jobId}` }, sk: { S: 'JOB' } };
    await say(row, 'edited by hand');
    const redriven = await open.local('redrive', lost.jobId, done.jobId, '--json');
    expect([redriven.code, json(redriven.stdout).jobs]).toMatchObject([
      1,
      [{ did: 'left: its row cannot be read' }, { did: 'already finished' }],
    ]);
    expect(redriven.stderr).toContain(`JOB#${lost.jobId} does not fit its schema`);
    const claims = await open.local('claims', '--json');
    expect([claims.code, JSON.stringify(json(claims.stdout).claims)]).toEqual([
      1,
      expect.not.stringContaining(lost.jobId),
    ]);
    await say(row, 'undelivered');
  });

  test('doctor says what stands in the way, and what a person must see to', async () => {
    const { code, stdout } = await open.local('doctor');
    expect(code).toBe(0);
    expect(stdout).toContain(`pays from ${booth.wallet}`);
    for (const name of ['api', 'chain', 'wallet', 'payee', 'signing'])
      expect(stdout).toContain(`ok  ${name}: `);
    expect(stdout).toContain('ok  quotas: there are none on this machine');
    expect(stdout).toContain(`see payees: compare ${booth.policy.payees[0]}`);
    expect((await open.local('stop', 'a drill')).code).toBe(0);
    const stopped = await open.local('doctor', '--json');
    expect([stopped.code, json(stopped.stdout).looks]).toEqual([
      1,
      expect.arrayContaining([{ name: 'signing', isReady: false, says: 'stopped: a drill' }]),
    ]);
    expect((await open.local('resume')).code).toBe(0);
  });

  test("erase removes a caller's prompts, pictures and files, and leaves the books as they are", async () => {
    const caller = 'AIDALOCALOPERATOR0001';
    await reconciled();
    const before = (await open.local('report', '--json')).stdout;
    const [{ jobId = '' } = {}] = json((await open.local('jobs', '--status', 'complete', '--json')).stdout)
      .jobs as unknown as { jobId: string }[];
    const look = await open.local('erase', caller);
    expect([look.stderr, look.code, look.stdout]).toEqual(['', 1, expect.stringContaining('add --yes')]);
    expect((await open.local('show', jobId)).code).toBe(0);

    const erased = await open.local('erase', caller, '--yes', '--json');
    expect([erased.code, json(erased.stdout)]).toMatchObject([0, { erased: true, left: 0 }]);
    expect(booth.world.objectKeys('Pictures')).toEqual([]);
    expect((await open.local('show', jobId)).stderr).toContain('no such job');
    expect(json((await open.local('jobs', '--json')).stdout)).toEqual({ jobs: [] });
    expect((await open.local('report', '--json')).stdout).toBe(before);
    expect((await open.local('erase', caller)).stdout).toContain('nothing of');
    // The name that a caller gave one of them buys nothing any more, and is no accident of ours.
    const named = ['generate', 'a kite', '-s', 'resolution=0.5 MP', '--key', 'once', '--no-wait', '--json'];
    const again = await open.local(...named);
    expect([again.code, json(again.stdout).error]).toMatchObject([2, { name: 'IdempotencyConflict' }]);
    const dynamo = new DynamoDBClient(booth.world.sdk('dynamodb'));
    const TableName = booth.world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
    expect(JSON.stringify(Items)).not.toContain('a ledger');
    expect(JSON.stringify(Items)).toContain(jobId);
  });
}
