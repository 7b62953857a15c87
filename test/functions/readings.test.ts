import { describe, expect, test } from 'vitest';
import { endReadings } from '../../functions/end-readings.ts';
import { ledgerReadings } from '../../functions/reconciler/ledger-readings.ts';
import type { Reconciliation } from '../../functions/reconciler/reconcile.ts';
import type { Reading } from '../../shared/contracts/metrics.ts';
import type { Job } from '../../shared/core/job-record.ts';

const named = (readings: readonly Reading[]): Record<string, number> =>
  Object.fromEntries(readings.map(([{ name }, value]) => [name, value]));

describe('of an end is counted', () => {
  const ended = (status: Job['status'], more: Partial<Job> = {}): Job =>
    ({ jobId: 'x', status, acceptedAt: 1_000, end: { at: 9_500 }, ...more }) as Job;
  const proof = (state: 'settled' | 'dead'): Partial<Job> => ({
    purchase: { firstSentAt: 1 } as Job['purchase'],
    proof: { state, blockNumber: 1, at: 1 },
  });

  test.each([
    ['a picture, and how long it took', ended('delivered'), { JobDelivered: 1, TimeToPicture: 8.5 }],
    ['a refusal', ended('refused'), { JobRefused: 1 }],
    ['what was proven unpaid', ended('unpaid'), { JobUnpaid: 1 }],
    ['what was paid for in vain', ended('undelivered'), { JobUndelivered: 1, PaidNotDelivered: 1 }],
    ['what nobody knows yet, as no loss', ended('unresolved'), { JobUnresolved: 1 }],
    ['a place for a file: not at all', ended('delivered', { source: {} as Job['source'] }), {}],
    ['a job that goes on: not at all', { ...ended('submitted'), end: undefined } as unknown as Job, {}],
  ])('%s', (_name, job, expected) => {
    expect(named(endReadings(job, 'end'))).toEqual(expected);
  });

  test('that its money is gone, once that is known, and nothing when it never went', () => {
    expect(named(endReadings(ended('unresolved', proof('settled')), 'resolution'))).toEqual({
      PaidNotDelivered: 1,
    });
    expect(named(endReadings(ended('unresolved', proof('dead')), 'resolution'))).toEqual({});
    expect(named(endReadings(ended('delivered', proof('settled')), 'resolution'))).toEqual({});
    const uploads: Job['uploads'] = [{ reference: 'x', jobId: 'y', amountAtomic: '10000', money: 'spent' }];
    expect(named(endReadings(ended('unresolved', { uploads }), 'resolution'))).toEqual({
      PaidNotDelivered: 1,
    });
  });
});

describe('of the ledger and the chain is read', () => {
  const look: Reconciliation = {
    block: 7,
    open: 3,
    balance: 12_340_000,
    settled: 1,
    dead: 0,
    oldestOpenSeconds: 70,
    table: {
      'unused / unsettled / unknown': 2,
      'expired / authorized / unknown': 1,
      'used / unsettled / unknown': 5,
      'unused / submitted / running': 4,
    },
    unexplained: [],
  };
  const noon = Date.UTC(2026, 10, 25, 12);
  const said = { reason: 'x', by: 'operator', at: 1 };
  const rows = { limit: 30_000_000, remaining: 3_000_000, held: 2_000_000, committed: 20_500_000 };

  const read = async (looks: readonly Reconciliation[], more: object = {}) =>
    named(
      await ledgerReadings({
        control: {
          readSigning: async () => ({ ...said, enabled: true }),
          readSwitches: async () => [
            { ...said, scope: 'payee:0x1', enabled: false, by: 'reconciler' },
            { ...said, scope: 'payee:0x2', enabled: true, by: 'reconciler' },
            { ...said, scope: 'model:x/y', enabled: false },
            { ...said, scope: 'model:x/z', enabled: false, by: 'reconciler' },
          ],
          readBudget: async (key) => (key === '2026-11-25#total' ? rows : undefined),
        },
        limits: {
          total: 30_000_000,
          named: {},
          exposurePerPayee: 50,
          lossesPerHour: 3,
          floor: 0,
          version: 0,
        },
        exposures: [
          { payments: 10, atomic: 1_500_000, delivered: 0, samples: [] },
          {
            payments: 40,
            atomic: 600_000,
            delivered: 90,
            samples: [],
            deliveredLastHour: 80,
            countedAt: noon,
          },
        ],
        looks,
        isWhole: true,
        now: noon,
        ...more,
      }),
    );

  test('what is spent, held, open and in doubt, in dollars and of all tokens together', async () => {
    expect(await read([look])).toEqual({
      ChainUnread: 0,
      WalletBalance: 12.34,
      LiveAuthorizations: 3,
      UnknownPayments: 3,
      OldestAuthorization: 70,
      ChainUnexplained: 0,
      SpentToday: 22.5,
      LimitToday: 30,
      BudgetUsed: 75,
      ExposureUsed: 50,
      SigningStopped: 0,
      ModelsStopped: 1,
      PayeesStopped: 1,
    });
    const second = { ...look, balance: 1_000_000, oldestOpenSeconds: 4_000, unexplained: ['a', 'b'] };
    expect(await read([look, second])).toMatchObject({
      WalletBalance: 13.34,
      LiveAuthorizations: 6,
      OldestAuthorization: 4_000,
      ChainUnexplained: 2,
    });
  });

  test('of a chain that could not be read nothing is said but that', async () => {
    const blind = await read([], { isWhole: false });
    expect(blind).toMatchObject({ ChainUnread: 1, SpentToday: 22.5 });
    for (const name of ['WalletBalance', 'LiveAuthorizations', 'ChainUnexplained', 'OldestAuthorization'])
      expect(blind).not.toHaveProperty(name);
  });

  test('a booth that nobody has resumed is stopped, and a budget of nothing is used up', async () => {
    const born = {
      readSigning: async () => undefined,
      readSwitches: async () => [],
      readBudget: async () => undefined,
    };
    const limits = { total: 0, named: {}, exposurePerPayee: 50, lossesPerHour: 3, floor: 0, version: 0 };
    const idle = { control: born, limits, exposures: [] };
    expect(await read([], { ...idle, exposures: undefined })).not.toHaveProperty('ExposureUsed');
    expect(await read([], idle)).toMatchObject({
      ExposureUsed: 0,
      SigningStopped: 1,
      SpentToday: 0,
      BudgetUsed: 100,
      PayeesStopped: 0,
    });
  });
});
