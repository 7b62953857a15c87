import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitsSchema } from '../../shared/core/budget.ts';
import { scopesOf } from '../../shared/core/switches.ts';
import { happened, heldFor, jobAfter, newJob } from '../functions/jobs.ts';
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

describe('what is stopped is not paid for:', () => {
  const upload = { caller: 'coinbooth', forCaller: 'AIDABUYER', forOffering: 'flux-2-pro/edit' };
  const job = newJob({ offering: 'upload', ...upload });
  const reserved = jobAfter(job, happened.reserved(job));

  test.each(scopesOf(reserved))('%s', async (scope) => {
    const { ledger, control } = store;
    const said = { by: 'an operator', at: 5, reason: 'a drill' };
    const mine = newJob({ offering: 'upload', ...upload });
    const held = jobAfter(mine, happened.reserved(mine));
    const signed = jobAfter(held, happened.authorized());
    await control.writeSigning({ ...said, enabled: true });
    await ledger.accept(mine);
    await ledger.write(held, { reserve: heldFor(mine) });
    await control.writeSwitch({ ...said, scope, enabled: false });
    expect(await ledger.write(signed, { authorize: 'signed' }, { running: true })).toBe('stopped');
    expect(await ledger.read(mine.jobId)).toEqual(held);
    await control.writeSwitch({ ...said, scope, enabled: true });
    expect(await ledger.write(signed, { authorize: 'signed' }, { running: true })).toBe('written');
  });

  test('each kind of scope is among them', () => {
    expect(scopesOf(reserved).map((scope) => scope.split(':')[0])).toEqual(
      expect.arrayContaining(['caller', 'model', 'payee']),
    );
    expect(scopesOf(reserved)).toEqual(expect.arrayContaining(['caller:AIDABUYER', 'model:flux-2-pro/edit']));
  });
});
