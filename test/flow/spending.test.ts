import { afterAll, beforeAll, expect, test } from 'vitest';
import { rpcTo } from '../../infra/local/chain/rpc.ts';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../shared/aws/dynamodb-table.ts';
import { dayOf, limitsSchema } from '../../shared/core/budget.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

/** Budgets, the stop switch and the reconciler, on the local world and a real chain. */

let booth: TestBooth;
let control: ReturnType<typeof controlIn>;
let ledger: ReturnType<typeof ledgerIn>;
beforeAll(async () => {
  booth = await openTestBooth();
  const table = booth.world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
  control = controlIn(table, dynamoDbWith(booth.world.sdk('dynamodb')));
  ledger = ledgerIn(table, dynamoDbWith(booth.world.sdk('dynamodb')));
});
afterAll(() => booth?.close());

const request = { prompt: 'a ledger', resolution: '0.5 MP' };
const say = (enabled: boolean) =>
  control.writeSigning({ enabled, reason: 'a drill', by: 'a test', at: Date.now() });
const losses = () => ledger.losses(0, 100);
const total = async () => control.readBudget(`${dayOf(Date.now())}#total`);

interface Look {
  readonly settled: number;
  readonly dead: number;
  readonly unexplained: readonly string[];
}
async function look(): Promise<Look> {
  const outcome = await booth.world.invoke('reconciler', {});
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  const [first] = outcome.payload as [Look];
  return first;
}

test('a picture is held against the budgets until a final block shows that it was paid', async () => {
  await booth.ended(await booth.submit(request));
  expect(await total()).toMatchObject({ held: 20_000, committed: 0 });
  await expect.poll(async () => (await look()).settled, { timeout: 15_000, interval: 300 }).toBe(1);
  expect(await total()).toMatchObject({ held: 0, committed: 20_000 });
});

test('stopped, nothing is signed; resumed, the job goes on', async () => {
  await say(false);
  const jobId = await booth.submit(request);
  await booth.world.tick('EveryMinute');
  expect((await booth.get(jobId)).status).toBe('pending');
  expect(await booth.sandbox?.chain.settlements(booth.wallet)).toHaveLength(1);
  await say(true);
  expect((await booth.ended(jobId)).detail.status).toBe('delivered');
});

test('a budget that is used up refuses by name and figures, until it is raised', async () => {
  const before = (await control.readLimits()) ?? limitsSchema.parse({ total: 25_000_000 });
  const tight = { ...before, total: 40_000, version: before.version + 1 };
  expect(await control.writeLimits(tight)).toBe(true);
  const { detail } = await booth.ended(await booth.submit(request));
  expect(detail).toMatchObject({ status: 'refused', reason: { name: 'PaymentRefused' } });
  expect(detail.reason?.message).toContain('budget of $0.04 (total)');
  const wide = { ...tight, total: 1_000_000, version: tight.version + 1 };
  await control.writeLimits(wide);
  expect((await booth.ended(await booth.submit(request))).detail.status).toBe('delivered');
});

test('a seller that answers with made-up job ids is paid no more than its exposure bound', async () => {
  const payTo = booth.sandbox?.seller.payTo ?? '';
  const { payments = 0, delivered = 0 } = (await control.readExposure(payTo)) ?? {};
  const idle = { delivered, deliveredLastHour: 0, countedAt: Date.now(), samples: [] };
  await control.writeDeliveries(payTo, idle);
  const before = (await control.readLimits()) ?? limitsSchema.parse({ total: 25_000_000 });
  const version = before.version + 1;
  await control.writeLimits({ ...before, total: 25_000_000, exposurePerPayee: payments + 2, version });
  const settled = async () => (await booth.sandbox?.chain.settlements(booth.wallet))?.length ?? 0;
  const already = await settled();
  booth.sandbox?.seller.faults.set('made-up-ids');
  const jobIds = [];
  for (let n = 0; n < 5; n += 1) jobIds.push(await booth.submit(request));
  await expect.poll(settled, { timeout: 20_000 }).toBe(already + 2);
  for (let looks = 0; looks < 3; looks += 1) {
    await booth.world.tick('EveryMinute');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  expect(await settled()).toBe(already + 2);
  expect(await control.readExposure(payTo)).toMatchObject({ payments: payments + 2 });
  const answers = await Promise.all(jobIds.map((jobId) => booth.get(jobId)));
  const waiting = answers.filter(({ status }) => status === 'pending').map(({ jobId }) => jobId);
  expect(waiting).toHaveLength(3);
  booth.sandbox?.seller.faults.clear();
  await control.writeLimits({ ...before, total: 25_000_000, exposurePerPayee: 50, version: version + 1 });
  for (const jobId of waiting) expect((await booth.ended(jobId)).detail.status).toBe('delivered');
});

test('what was signed and never settled is proven dead by a final block past its window: unpaid', async () => {
  // Of the first one there is a job, which fails: a loss, until its payment is proven dead as well.
  booth.sandbox?.seller.faults.set('settlement-failed', { times: 1 });
  booth.sandbox?.seller.faults.set('failed-job', { times: 1 });
  const failed = await booth.submit(request);
  expect((await booth.ended(failed)).detail).toMatchObject({ status: 'undelivered', money: 'open' });
  expect((await losses()).map(({ jobId }) => jobId)).toContain(failed);
  booth.sandbox?.seller.faults.set('lost-request', { times: 3 });
  const jobId = await booth.submit(request);
  await expect.poll(async () => (await booth.get(jobId)).money, { timeout: 20_000 }).toBe('open');
  // The chain's own clock, past the five minutes of every authorization that was made until now.
  await rpcTo(booth.sandbox?.chain.rpcUrl ?? '')('evm_increaseTime', [400]);
  await expect.poll(async () => (await look()).dead, { timeout: 20_000, interval: 500 }).toBe(2);
  expect((await losses()).map(({ jobId }) => jobId)).not.toContain(failed);
  const { detail } = await booth.ended(jobId);
  expect(detail).toMatchObject({ status: 'unpaid', money: 'none' });
  expect(await total()).toMatchObject({ held: 0 });
});

test('money that left the wallet by another hand stops everything', async () => {
  expect((await look()).unexplained).toEqual([]);
  const key = booth.world.key('Wallet');
  expect(key.address).toBe(booth.wallet);
  const rpc = rpcTo(booth.sandbox?.chain.rpcUrl ?? '');
  await rpc('anvil_impersonateAccount', [booth.wallet]);
  const token = booth.sandbox?.chain.token.address ?? '';
  const payee = '9'.repeat(40).padStart(64, '0');
  const data = `0xa9059cbb${payee}${(7).toString(16).padStart(64, '0')}`;
  await rpc('eth_sendTransaction', [{ from: booth.wallet, to: token, data, gasPrice: '0x0' }]);
  await expect.poll(async () => (await look()).unexplained.length, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(await control.readSigning()).toMatchObject({ enabled: false, by: 'reconciler' });
});
