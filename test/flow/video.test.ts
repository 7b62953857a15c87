import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedSchema } from '../../shared/contracts/http.ts';
import { sideCarSchema } from '../../shared/contracts/side-car.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

/** What is not a picture, bought of the sandbox seller and delivered through the real bundles. */

let booth: TestBooth;
beforeAll(async () => {
  booth = await openTestBooth();
});
afterAll(() => booth?.close());

async function buy(offering: string, request: object) {
  const response = await booth.post(request, {}, offering);
  const { jobId } = acceptedSchema.parse(await response.json());
  return (await booth.ended(jobId)).detail;
}

const sideCarOf = (key = '') =>
  sideCarSchema.parse(JSON.parse(String(booth.world.object('Pictures', key)?.body)));

test('a video is delivered with its thumbnail and its side-car, and shown under the names of videos', async () => {
  const request = { prompt: 'a kite over snow', duration: '3', resolution: '480p', aspect_ratio: '16:9' };
  const event = await buy('grok-video/generate', request);
  expect(event).toMatchObject({
    status: 'delivered',
    money: 'spent',
    asset: { format: 'mp4', durationSeconds: 3, mismatch: [], thumbnail: { format: 'jpg' } },
  });
  const { asset } = event;
  expect(booth.world.object('Pictures', asset?.key ?? '')?.body.length).toBe(asset?.bytes);
  expect(booth.world.object('Pictures', asset?.thumbnail?.key ?? '')?.body.length).toBe(
    asset?.thumbnail?.bytes,
  );
  const { bucket: _bucket, sideCar: _sideCar, ...kept } = asset ?? {};
  expect(sideCarOf(asset?.sideCar)).toMatchObject({
    model: 'grok-video/generate',
    request,
    asset: kept,
    payment: { amountAtomic: event.payment?.amountAtomic, transaction: event.payment?.transaction },
  });

  const answer = await booth.get(event.jobId);
  expect(answer).toMatchObject({
    status: 'complete',
    videoUrl: expect.any(String),
    thumbnailUrl: expect.any(String),
    durationSeconds: 3,
  });
  const shown = await fetch((answer as { videoUrl: string }).videoUrl);
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'video/mp4']);
});

test('a drawing is made of a picture that was bought before, and delivered as one', async () => {
  const picture = await booth.submit({ prompt: 'a red kite', resolution: '0.5 MP' });
  await booth.ended(picture);
  const event = await buy('arrow-1.1/vectorize', { image: picture });
  expect(event).toMatchObject({
    status: 'delivered',
    asset: { format: 'svg', mismatch: [] },
    uploads: [{ money: 'spent' }],
  });
  const { body } = booth.world.object('Pictures', event.asset?.key ?? '') ?? {};
  expect(String(body)).toContain('<svg');
  const sideCar = sideCarOf(event.asset?.sideCar);
  expect(sideCar).toMatchObject({ request: { image: picture }, uploads: event.uploads });
});
