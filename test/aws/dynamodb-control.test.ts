import { afterAll, beforeAll, expect, test } from 'vitest';
import { limitsSchema } from '../../shared/core/budget.ts';
import { openEmbedded, type Store } from '../prove/edge/ledger/stores.ts';

/** What an operator says, in a table with every index that ours has. */

let store: Store;
beforeAll(async () => {
  store = await openEmbedded();
});
afterAll(() => store?.close());

test('limits of every kind are kept as they were said, and changed by one of two at once', async () => {
  const { control } = store;
  expect(await control.readLimits()).toBeUndefined();
  const limits = limitsSchema.parse({
    total: 25_000_000,
    caller: 1_000_000,
    model: 2_000_000,
    payee: 3_000_000,
    named: { 'caller:AIDAEXAMPLE': 5 },
    version: 1,
  });
  expect(await control.writeLimits(limits)).toBe(true);
  expect(await control.readLimits()).toEqual(limits);
  const [first, second] = [1, 2].map((total) => ({ ...limits, total, version: 2 }));
  if (!first || !second) throw new Error('two');
  expect(await Promise.all([control.writeLimits(first), control.writeLimits(second)])).toEqual([true, false]);
  expect(await control.readLimits()).toEqual(first);
});

test('a stop is told of, and can be taken back, however long its reason is', async () => {
  const { control } = store;
  const said = { by: 'an operator', at: 5, reason: `${'x'.repeat(499)}🛑 and so on` };
  await control.writeSwitch({ ...said, scope: 'caller:AIDAEXAMPLE', enabled: false });
  await control.writeSigning({ ...said, enabled: false });
  expect(await control.readSigning()).toMatchObject({
    enabled: false,
    reason: expect.stringMatching(/^x{499}.$/u),
  });
  expect(await control.readSwitches()).toMatchObject([{ scope: 'caller:AIDAEXAMPLE', enabled: false }]);
});
