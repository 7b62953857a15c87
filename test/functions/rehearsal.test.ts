import { expect, test } from 'vitest';
import { policy } from '../core/offers.ts';
import { openBooth } from './booth.ts';

test('a seller whose host no sign-in can name is refused before anything is signed', async () => {
  const booth = openBooth({}, { ...policy, origin: 'http://sell{er:4020' });
  const job = await booth.pay((await booth.accept()).jobId);
  expect(job).toMatchObject({
    status: 'refused',
    purchase: { holdState: 'released', sends: 0 },
    end: { reason: { name: 'ConfigInvalid' } },
  });
  expect(job.end?.reason?.message).toMatch(/http:\/\/sell\{er:4020.*Nothing was signed.*settings/);
  expect([booth.signatures, booth.seller.headers]).toEqual([[], []]);
});

test.each(['http://seller:4020', 'http://my_seller:4020', 'http://[::1]:4020', 'https://seller.test'])(
  'a seller at %s is paid',
  async (origin) => {
    const booth = openBooth({}, { ...policy, origin });
    expect(await booth.pay((await booth.accept()).jobId)).toMatchObject({ status: 'submitted' });
    expect(booth.signatures).toHaveLength(1);
  },
);
