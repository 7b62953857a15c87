import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../shared/aws/dynamodb-table.ts';
import { acceptedSchema } from '../../shared/contracts/http.ts';
import { dayOf, limitsSchema } from '../../shared/core/budget.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

/** Pictures that go into other pictures: each file is a purchase of its own, made once. */

let booth: TestBooth;
beforeAll(async () => {
  booth = await openTestBooth();
});
afterAll(() => booth?.close());

async function edit(images: readonly string[], change: object = {}): Promise<string> {
  const response = await booth.post(
    { prompt: 'the same, at night', images, resolution: '0.5 MP', ...change },
    {},
    'flux-2-pro/edit',
  );
  return acceptedSchema.parse(await response.json()).jobId;
}

const spent = async (): Promise<number> =>
  (await booth.sandbox?.chain.settlements(booth.wallet))?.length ?? 0;

test('a delivered picture is edited: its place at the seller is bought once, for every edit of it', async () => {
  const first = await booth.submit({ prompt: 'a harbour', resolution: '0.5 MP', output_format: 'png' });
  await booth.ended(first);
  const before = await spent();
  const { detail } = await booth.ended(await edit([first]));
  expect(detail).toMatchObject({
    status: 'delivered',
    money: 'spent',
    payment: { amountAtomic: '30000' },
    uploads: [{ amountAtomic: '10000', money: 'spent' }],
  });
  expect((await spent()) - before).toBe(2);
  const object = booth.world.object('Pictures', detail.asset?.key ?? '');
  expect((await sharp(object?.body).metadata()).format).toBe('webp');
  const asked = booth.sandbox?.seller.jobs()[0];
  expect(asked?.input).toMatchObject({
    images: [expect.stringContaining(booth.sandbox?.seller.blobOrigin ?? '')],
  });

  const again = await booth.ended(await edit([first, first], { seed: 7 }));
  expect(again.detail).toMatchObject({ status: 'delivered', uploads: [] });
  expect((await spent()) - before).toBe(3);
});

test('a file that the seller lost is bought another place', async () => {
  const first = await booth.submit({ prompt: 'a mill', resolution: '0.5 MP' });
  await booth.ended(first);
  await booth.ended(await edit([first]));
  const origin = booth.sandbox?.seller.origin ?? '';
  await fetch(`${origin}/sandbox/blobs`, { method: 'DELETE' });
  const before = await spent();
  const { detail } = await booth.ended(await edit([first]));
  expect(detail).toMatchObject({ status: 'delivered', uploads: [{ money: 'spent' }] });
  expect((await spent()) - before).toBe(2);
});

test.each(['lost-answer', 'failed-upload-put', 'expired-upload-token', 'settlement-failed'] as const)(
  'while it uploads, the seller does this once: %s',
  async (fault) => {
    const first = await booth.submit({ prompt: `a tower, ${fault}`, resolution: '0.5 MP' });
    await booth.ended(first);
    const before = await spent();
    booth.sandbox?.seller.faults.set(fault, { times: 1 });
    const ended = await booth.ended(await edit([first]));
    const bought = (await spent()) - before;
    const expected = {
      'lost-answer': ['unresolved', 1],
      'failed-upload-put': ['delivered', 2],
      'expired-upload-token': ['undelivered', 1],
      'settlement-failed': ['delivered', 2],
    } as const;
    expect([ended.detail.status, bought]).toEqual(expected[fault]);
  },
);

test('nine pictures, or one of nobody, are refused before anything', async () => {
  const before = await spent();
  const nine = Array.from({ length: 9 }, () => 'https://example.org/a.png');
  for (const images of [nine, ['5b0c2c1e-8a53-4c3c-9d8e-0f7d3d1b7a11'], ['http://169.254.169.254/']]) {
    const response = await booth.post({ prompt: 'x', images }, {}, 'flux-2-pro/edit');
    expect(response.status).toBe(400);
  }
  expect(await spent()).toBe(before);
});

test('a caller whose budget does not cover the edit and its upload buys neither, until it does', async () => {
  const first = await booth.submit({ prompt: 'a quarry', resolution: '0.5 MP' });
  await booth.ended(first);
  const table = booth.world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref;
  const control = controlIn(table, dynamoDbWith(booth.world.sdk('dynamodb')));
  const totalRow = async () => control.readBudget(`${dayOf(Date.now())}#total`);
  const [before, row] = [await spent(), await totalRow()];
  const used = (row?.held ?? 0) + (row?.committed ?? 0);
  const limits = (await control.readLimits()) ?? limitsSchema.parse({ total: 25_000_000 });
  const withTotal = (total: number, by: number) =>
    control.writeLimits({ ...limits, total, version: limits.version + by });
  // The edit costs 30,000, and the slot for its file 10,000.
  await withTotal(used + 39_999, 1);
  const { detail } = await booth.ended(await edit([first]));
  expect(detail).toMatchObject({ status: 'refused', money: 'none', reason: { name: 'PaymentRefused' } });
  expect(await spent()).toBe(before);
  const left = await totalRow();
  expect((left?.held ?? 0) + (left?.committed ?? 0)).toBe(used);
  await withTotal(used + 40_000, 2);
  expect((await booth.ended(await edit([first], { seed: 2 }))).detail.status).toBe('delivered');
  expect(await spent()).toBe(before + 2);
});
