import { expect, test } from 'vitest';
import { type Booth, openBooth } from './booth.ts';

const nonceOf = async (booth: Booth, jobId: string): Promise<string | undefined> =>
  (await booth.read(jobId)).purchase?.nonce;

// The token takes a nonce once: whoever else comes to sign for the purchase must arrive at the same one.
test('a ledger that was restored from a copy leads to the same nonce, which the token takes once', async () => {
  const jobId = '11111111-1111-4111-8111-111111111111';
  const [booth, restored] = [openBooth(), openBooth()];
  await booth.accept({ jobId });
  await restored.accept({ jobId });
  await booth.pay(jobId);
  restored.clock.now += 3_600;
  await restored.pay(jobId);
  expect(booth.seller.headers).not.toEqual(restored.seller.headers);
  expect(await nonceOf(restored, jobId)).toBe(await nonceOf(booth, jobId));
  expect([...booth.seller.settlements]).toEqual([...restored.seller.settlements]);
});

test('what is frozen anew before it is signed keeps its nonce', async () => {
  const booth = openBooth();
  const { jobId } = await booth.accept();
  await booth.pay(jobId, undefined, 20_000);
  const nonce = await nonceOf(booth, jobId);
  booth.clock.now += 280_000;
  await booth.pay(jobId);
  expect(await nonceOf(booth, jobId)).toBe(nonce);
});
