import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetLeft } from '../../functions/budget-left.ts';
import { budgetRows, limitsSchema } from '../../shared/core/budget.ts';
import { Crash, crashAt, openBooth, type Watch } from './booth.ts';

/** What may be spent: taken before anything is signed, given back by proof alone. */

const rowOf = (booth: ReturnType<typeof openBooth>, scope: string) =>
  Object.entries(booth.ledger.budgets()).find(([key]) => key.includes(scope))?.[1];

describe('a budget', () => {
  test.each([
    ['total', { total: 30_000 }],
    ['caller AIDAEXAMPLE', { caller: 30_000 }],
    ['model flux-2-pro/generate', { model: 30_000 }],
    ['payee 0x1111111111111111111111111111111111111111', { payee: 30_000 }],
    ['caller AIDAEXAMPLE', { caller: 90_000, named: { 'caller:AIDAEXAMPLE': 30_000 } }],
  ])('of one picture (%s) buys one, and refuses the second by name and figures', async (scope, limits) => {
    const booth = openBooth({}, {}, { limits });
    expect((await booth.finish((await booth.accept()).jobId)).status).toBe('delivered');
    const second = await booth.finish((await booth.accept()).jobId);
    expect(second).toMatchObject({ status: 'refused', end: { reason: { name: 'PaymentRefused' } } });
    expect(second.end?.reason?.message).toContain(`$0.03 (${scope}) has less than $0.03 left`);
    expect(booth.seller.settlements.size).toBe(1);
  });

  test('of a day is fresh on the next', async () => {
    const booth = openBooth({}, {}, { limits: { total: 30_000 } });
    await booth.finish((await booth.accept()).jobId);
    booth.clock.now += 86_400_000;
    expect((await booth.finish((await booth.accept()).jobId)).status).toBe('delivered');
  });

  test("of one caller leaves another's alone", async () => {
    const booth = openBooth({}, {}, { limits: { caller: 30_000 } });
    await booth.finish((await booth.accept()).jobId);
    const other = await booth.finish((await booth.accept({ caller: 'AIDAANOTHER' })).jobId);
    expect(other.status).toBe('delivered');
  });

  test('that an operator raises holds at once, without a deployment', async () => {
    const booth = openBooth({}, {}, { limits: { total: 30_000 } });
    await booth.finish((await booth.accept()).jobId);
    const raised = limitsSchema.parse({ total: 60_000, version: 1 });
    expect(await booth.ledger.control.writeLimits(raised)).toBe(true);
    expect((await booth.finish((await booth.accept()).jobId)).status).toBe('delivered');
    expect(rowOf(booth, '#total')).toMatchObject({ limit: 60_000, remaining: 0 });
  });

  test('that an operator lowers holds at once too, below what is held already', async () => {
    const booth = openBooth({}, {}, { limits: { total: 90_000 } });
    await booth.finish((await booth.accept()).jobId);
    await booth.ledger.control.writeLimits(limitsSchema.parse({ total: 10_000, version: 1 }));
    expect((await booth.finish((await booth.accept()).jobId)).status).toBe('refused');
    await booth.ledger.control.writeLimits(limitsSchema.parse({ total: 60_000, version: 2 }));
    expect((await booth.finish((await booth.accept()).jobId)).status).toBe('delivered');
    expect(rowOf(booth, '#total')).toMatchObject({ limit: 60_000, remaining: 0, held: 60_000 });
  });

  test('is given back when nothing was signed', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId, undefined, 20_000)).toMatchObject({ status: 'reserved' });
    expect(rowOf(booth, '#total')).toMatchObject({ held: 30_000 });
    booth.clock.now += 3_600_000;
    expect((await booth.finish(jobId)).status).toBe('refused');
    for (const row of Object.values(booth.ledger.budgets()))
      expect(row).toMatchObject({ held: 0, remaining: row.limit });
  });

  test('holds a purchase that is frozen anew once, on the day it was first reserved', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept({ deadlineAt: booth.clock.now + 200_000_000 });
    await booth.pay(jobId, undefined, 20_000);
    booth.clock.now += 86_400_000;
    expect(await booth.pay(jobId, undefined, 20_000)).toMatchObject({ status: 'reserved' });
    const days = Object.keys(booth.ledger.budgets()).filter((key) => key.endsWith('#total'));
    expect(days).toHaveLength(1);
    expect(rowOf(booth, '#total')).toMatchObject({ held: 30_000 });
    expect(Object.values(booth.ledger.exposures())).toMatchObject([{ payments: 1, atomic: 30_000 }]);
  });
});

describe('the stop switch', () => {
  const stop = (booth: ReturnType<typeof openBooth>, enabled: boolean) =>
    booth.ledger.control.writeSigning({ enabled, reason: 'a drill', by: 'a test', at: booth.clock.now });

  test('a deployment where nobody has said anything is stopped', async () => {
    const booth = openBooth();
    booth.ledger.edit('CONTROL#signing', { enabled: undefined });
    expect((await booth.finish((await booth.accept()).jobId)).status).toBe('refused');
    expect(booth.signatures).toEqual([]);
  });

  test('makes jobs wait, and they go on when it is lifted', async () => {
    const booth = openBooth();
    await stop(booth, false);
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId)).toMatchObject({ status: 'accepted' });
    await stop(booth, true);
    booth.clock.now += 61_000;
    expect((await booth.finish(jobId)).status).toBe('delivered');
  });

  test('flipped before any effect: from then on nothing is signed that is stored, and nothing is sent', async () => {
    for (let n = 1; ; n += 1) {
      const booth = openBooth();
      booth.seller.manner = 'loses its answer';
      booth.seller.lists = false;
      const { jobId } = await booth.accept();
      let calls = 0;
      const watch: Watch = async () => {
        calls += 1;
        if (calls === n) await stop(booth, false);
        return undefined;
      };
      await booth.pay(jobId, watch);
      if (calls < n) break;
      const before = booth.seller.headers.length;
      await booth.finish(jobId);
      expect([n, booth.seller.headers.length]).toEqual([n, before]);
    }
  });
});

test('every row adds up after every command, whatever crashes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 16 }), fc.constantFrom('before', 'after')), {
        minLength: 3,
        maxLength: 8,
      }),
      fc.integer({ min: 30_000, max: 200_000 }),
      async (crashes, limit) => {
        const booth = openBooth({}, {}, { limits: { total: limit, caller: 120_000 } });
        for (const [n, when] of crashes) {
          const { jobId } = await booth.accept();
          await booth.turn(jobId, crashAt(n, when)).catch((error: Error) => {
            if (!(error instanceof Crash)) throw error;
          });
          for (const row of Object.values(booth.ledger.budgets())) {
            expect(row.remaining + row.held + row.committed).toBe(row.limit);
            expect(row.remaining).toBeGreaterThanOrEqual(0);
          }
        }
        const rows = booth.ledger.budgets();
        const held = booth.ledger
          .jobs()
          .filter(({ purchase }) => purchase?.holdState === 'held')
          .reduce((sum, { purchase }) => sum + Number(purchase?.amountAtomic), 0);
        expect(Object.entries(rows).find(([key]) => key.endsWith('#total'))?.[1].held ?? 0).toBe(held);
        expect(booth.seller.settlements.size * 30_000).toBeLessThanOrEqual(Math.min(limit, 120_000));
      },
    ),
    { numRuns: 100 },
  );
});

test('the rows of a purchase, and none of a kind that has no limit', () => {
  const limits = limitsSchema.parse({ total: 9, model: 5, named: { 'payee:0xab': 3 } });
  const purchase = {
    caller: 'AIDAX',
    offering: 'flux-2-pro/edit',
    payTo: '0xAB',
    network: 'eip155:1',
    asset: '0xCD',
    wallet: '0xEF',
    day: '2026-11-24',
  };
  expect(budgetRows(limits, purchase).map(({ key, limit }) => [key, limit])).toEqual([
    ['2026-11-24#total', 9],
    ['2026-11-24#model#flux-2-pro/edit', 5],
    ['2026-11-24#payee#0xab', 3],
    ['float#eip155:1#0xcd#0xef', undefined],
  ]);
});

describe('what is left is told before anything is asked for', () => {
  const purchase = { caller: 'AIDAEXAMPLE', payTo: '0xAB', network: 'eip155:1', asset: '0xCD' };

  test('of the row that leaves the least', async () => {
    const booth = openBooth({}, {}, { limits: { total: 90_000, caller: 200_000, model: 50_000 } });
    const { ports } = booth.process();
    const offering = 'flux-2-pro/generate';
    expect(await budgetLeft(ports, { ...purchase, offering })).toEqual({
      scope: `model ${offering}`,
      leftAtomic: 50_000n,
    });
    await booth.finish((await booth.accept()).jobId);
    expect(await budgetLeft(ports, { ...purchase, offering })).toMatchObject({ leftAtomic: 20_000n });
    expect(await budgetLeft(ports, purchase)).toEqual({ scope: 'total', leftAtomic: 60_000n });
    await booth.ledger.control.writeLimits(limitsSchema.parse({ total: 10_000, version: 1 }));
    expect(await budgetLeft(ports, purchase)).toEqual({ scope: 'total', leftAtomic: 0n });
  });
});
