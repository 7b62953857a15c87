import dns from 'node:dns';
import { expect, test, vi } from 'vitest';
import { download } from '../../shared/seller/download.ts';

// Between a check and a connection a name can be pointed elsewhere: the connection must not ask for it again.
test('a name is looked up for the check alone, and the connection goes to what was checked', async () => {
  const again = vi.spyOn(dns, 'lookup');
  const resolved: string[] = [];
  const origin = 'https://media.test:8443';
  const fetched = await download(`${origin}/a.webp`, {
    longestBytes: () => 1_000,
    totalMilliseconds: 300,
    pin: [origin],
    resolve: async (hostname) => {
      resolved.push(hostname);
      return [{ address: '192.0.66.7', family: 4 }];
    },
  });
  expect(fetched).toHaveProperty('unavailable');
  expect(resolved).toEqual(['media.test']);
  expect(again).not.toHaveBeenCalled();
});
