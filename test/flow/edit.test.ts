import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedSchema } from '../../shared/contracts/http.ts';
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
