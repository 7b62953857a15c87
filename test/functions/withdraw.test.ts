import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { endReadings } from '../../functions/end-readings.ts';
import { checkForm } from '../../functions/intake/check.ts';
import { pay } from '../../functions/payer/pay.ts';
import type { Reconciliation } from '../../functions/reconciler/reconcile.ts';
import type { Budget } from '../../shared/aws/dynamodb-budgets.ts';
import { bookEntryOf } from '../../shared/core/book.ts';
import { floatKey } from '../../shared/core/budget.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import { houseCaller, type Job } from '../../shared/core/job-record.ts';
import { payeeScope } from '../../shared/core/switches.ts';
import { policy } from '../core/offers.ts';
import { lookAndErase } from './bank.ts';
import { type Booth, Crash, crashAt, openBooth, type Watch } from './booth.ts';
import { start, wallet } from './jobs.ts';
import { scriptedChain } from './scripted-chain.ts';

/** Money out of the wallet, to the treasury alone: held, signed once, sent to nobody, and ended by proof. */

const [asset] = policy.assets;
if (!asset) throw new Error('The policy of the tests names an asset.');
const { network } = asset;
const treasury = `0x${'7ea5'.repeat(10)}`;
const elsewhere = `0x${'e'.repeat(40)}`;
const hour = 3_600_000;

/** A booth with a hundred dollars, as a first look at the chain has it. */
async function openBank(treasuries: Readonly<Record<string, string>> = { [network]: treasury }) {
  const booth = openBooth({}, {}, { readsChain: true, treasuries });
  const chain = scriptedChain(start - 20_000);
  const look = (): Promise<Reconciliation> =>
    lookAndErase(booth, {
      ...booth.process().ports,
      chainLedger: booth.ledger.chainLedger,
      chain,
      asset: { network, asset: asset?.asset ?? '' },
      floorAtomic: 0,
    });
  await look();
  return {
    booth,
    chain,
    look,
    /** Puts the newest final block at the booth's time. */
    catchUp: () => {
      chain.head = Math.max(chain.head + 1, Math.ceil((booth.clock.now - (start - 20_000)) / 2000));
    },
  };
}

const ask = (booth: Booth, amountAtomic = '40000000', more: object = {}): Promise<Job> =>
  booth.accept({
    jobId: randomUUID(),
    caller: houseCaller,
    offering: 'withdrawal',
    body: JSON.stringify({ network, asset: asset.asset, amountAtomic, ...more }),
    deadlineAt: booth.clock.now + 300_000,
  });

const float = (booth: Booth): Budget => {
  const row = booth.ledger.budgets()[floatKey(network, asset.asset, wallet.address)];
  if (!row) throw new Error('The wallet has no row.');
  return row;
};

const settle = (chain: ReturnType<typeof scriptedChain>, { purchase }: Job): void =>
  chain.settle({
    nonce: purchase?.nonce ?? '',
    value: BigInt(purchase?.amountAtomic ?? 0),
    to: purchase?.payTo ?? '',
  });

/** Turns a minute apart until nothing is to be done for it. */
async function rest(booth: Booth, jobId: string): Promise<Job> {
  for (let turns = 0; turns < 10; turns += 1) {
    const job = await booth.pay(jobId);
    if (job.dueAt === undefined) return job;
    booth.clock.now += 61_000;
  }
  throw new Error(`Withdrawal ${jobId} comes to no rest.`);
}

/** What was signed and stored, however often the wallet was asked. */
async function expectOneAtMost(booth: Booth, job: Job): Promise<void> {
  const { held, remaining, limit } = float(booth);
  expect(held + remaining).toBe(limit);
  expect(remaining).toBeGreaterThanOrEqual(0);
  expect(held).toBe(job.status === 'authorized' ? 40_000_000 : 0);
  expect(new Set(booth.signatures.map((one) => JSON.stringify(one, bigints))).size).toBeLessThanOrEqual(1);
  expect([booth.seller.headers, booth.events, booth.runs.size]).toEqual([[], [], 0]);
}
const bigints = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

const said = { enabled: false, reason: 'a drill', by: 'a test', at: 0 };

describe('a withdrawal', () => {
  test('is signed for the treasury, for an hour, against the wallet alone, and sent to nobody', async () => {
    const { booth } = await openBank();
    const { jobId } = await ask(booth);
    const job = await booth.pay(jobId);
    expect(job).toMatchObject({ status: 'authorized', purchase: { payTo: treasury, sends: 1 } });
    expect([job.dueAt, moneyOf(job)]).toEqual([undefined, 'open']);
    const { authorization } = (await booth.ledger.readAuthorization(job)) ?? {};
    expect(authorization).toMatchObject({
      from: wallet.address,
      to: treasury,
      value: '40000000',
      validBefore: start / 1000 + 3_600,
    });
    expect(await booth.ledger.headers.read(job)).toMatch(/^0x[0-9a-f]{130}$/);
    expect(booth.signatures).toHaveLength(1);
    expect(float(booth)).toMatchObject({ held: 40_000_000, remaining: 60_000_000 });
    expect(Object.keys(booth.ledger.budgets())).toHaveLength(1);
    await expectOneAtMost(booth, await booth.pay(jobId));
  });

  test('that a final block shows is settled: booked, told to nobody, and explained', async () => {
    const { booth, chain, look, catchUp } = await openBank();
    const { jobId } = await ask(booth);
    const job = await booth.pay(jobId);
    catchUp();
    expect(await look()).toMatchObject({
      open: 1,
      oldestOpenSeconds: 0,
      table: { 'unused / authorized / treasury': 1 },
    });
    chain.head += 1;
    settle(chain, job);
    expect(await look()).toMatchObject({ settled: 1, open: 0, unexplained: [] });
    expect(booth.queued).toMatchObject([{ jobId }]);
    const ended = await booth.pay(jobId);
    expect(ended).toMatchObject({ status: 'delivered', proof: { state: 'settled' } });
    expect([ended.dueAt, ended.expiresAt]).toEqual([undefined, undefined]);
    expect(ended.announcedAt).toBeDefined();
    expect(bookEntryOf(ended)).toMatchObject({ model: 'withdrawal', payTo: treasury, state: 'settled' });
    expect(endReadings(ended, 'end')).toEqual([]);
    expect([booth.events, await booth.ledger.losses(0, 9)]).toEqual([[], []]);
    expect(float(booth)).toMatchObject({ held: 0, remaining: 60_000_000, committed: 40_000_000 });
    expect(await booth.ledger.headers.read(ended)).toBeUndefined();
    chain.head += 1;
    expect(await look()).toMatchObject({ unexplained: [] });
    expect(Number(chain.held)).toBe(60_000_000);
  });

  test.each(['is not submitted in its hour', 'is cancelled'])(
    'that %s gives back what it held',
    async (how) => {
      const { booth, chain, look, catchUp } = await openBank();
      const { jobId } = await ask(booth);
      const job = await booth.pay(jobId);
      booth.clock.now += how === 'is cancelled' ? 60_000 : hour - 10_000;
      catchUp();
      if (how === 'is cancelled') chain.cancel(job.purchase?.nonce ?? '');
      else {
        expect(await look()).toMatchObject({ dead: 0, open: 1 });
        booth.clock.now += 20_000;
        catchUp();
      }
      expect(await look()).toMatchObject({ dead: 1, open: 0, unexplained: [] });
      expect(await booth.pay(jobId)).toMatchObject({ status: 'unpaid', purchase: { holdState: 'released' } });
      expect(float(booth)).toMatchObject({ held: 0, remaining: 100_000_000 });
      expect([booth.events, await booth.ledger.losses(0, 9)]).toEqual([[], []]);
    },
  );

  test('is no longer waited for by its hour alone: it counts as old from the end of that', async () => {
    const { booth, look } = await openBank();
    await booth.pay((await ask(booth)).jobId);
    booth.clock.now += hour + 120_000;
    expect(await look()).toMatchObject({ open: 1, oldestOpenSeconds: 120 });
  });

  test('leaves what purchases hold, and a purchase what it holds', async () => {
    const { booth } = await openBank();
    await booth.finish((await booth.accept()).jobId);
    const all = await rest(booth, (await ask(booth, '100000000')).jobId);
    expect(all).toMatchObject({ status: 'refused', end: { reason: { name: 'PaymentRefused' } } });
    expect(all.end?.reason?.message).toContain('less than $100.00');
    const most = await rest(booth, (await ask(booth, '99970000')).jobId);
    expect(most.status).toBe('authorized');
    expect(float(booth)).toMatchObject({ remaining: 0, held: 100_000_000 });
    const { jobId } = await booth.accept();
    expect((await booth.pay(jobId)).status).toBe('accepted');
  });

  test('of another asset, of more than is known, or with a payee of its own is refused', async () => {
    const { booth } = await openBank();
    for (const [more, words] of [
      [{ asset: elsewhere }, 'no token that is paid with'],
      [{ network: 'eip155:1' }, 'no token that is paid with'],
      [{ to: elsewhere }, 'no withdrawal'],
      [{ amountAtomic: '-1' }, 'no withdrawal'],
    ] as const) {
      const job = await rest(booth, (await ask(booth, '1', more)).jobId);
      expect([job.status, job.end?.reason?.message]).toEqual(['refused', expect.stringContaining(words)]);
    }
    expect(booth.signatures).toEqual([]);
    expect(float(booth)).toMatchObject({ held: 0 });
  });

  test.each([
    ['no treasury', {}, 'No treasury is set'],
    ['the wallet', { [network]: wallet.address }, 'the wallet itself'],
    ['a payee', { [network]: policy.payees[0] ?? '' }, 'a payee of ours'],
    ['the token', { [network]: asset.asset }, 'a token contract'],
    ['nobody', { [network]: `0x${'0'.repeat(40)}` }, 'the zero address'],
  ])('to %s is not signed', async (_name, treasuries, words) => {
    const { booth } = await openBank(treasuries);
    const job = await rest(booth, (await ask(booth)).jobId);
    expect([job.status, job.end?.reason?.message]).toEqual(['refused', expect.stringContaining(words)]);
    expect(booth.signatures).toEqual([]);
  });

  test('where nobody reads the chain is not signed: who knows what the wallet holds', async () => {
    const booth = openBooth({}, {}, { treasuries: { [network]: treasury } });
    const job = await rest(booth, (await ask(booth)).jobId);
    expect([job.status, booth.signatures]).toEqual(['refused', []]);
  });

  test('that was reserved for another treasury, or under another key, is reserved anew', async () => {
    const { booth } = await openBank();
    const another = privateKeyToAccount(`0x${'33'.repeat(32)}`);
    const key = floatKey(network, asset.asset, another.address);
    booth.ledger.edit(`BUDGET#${key}`, { limit: 5e7, remaining: 5e7, held: 0, committed: 0 });
    const { jobId } = await ask(booth);
    const crashed = booth.pay(jobId, async (name) => {
      if (name === 'ledger.readAuthorization') throw new Crash('crashed before it was signed');
      return undefined;
    });
    await expect(crashed).rejects.toThrow(Crash);
    expect((await booth.read(jobId)).status).toBe('reserved');
    const { ports, run } = booth.process();
    const deployedAnew = { ...ports, wallet: another, treasuries: { [network]: elsewhere } };
    expect(await pay(deployedAnew, jobId, run)).toMatchObject({
      status: 'authorized',
      purchase: { payTo: elsewhere, payer: another.address },
    });
    expect([booth.signatures, float(booth).held]).toEqual([[], 0]);
    expect(booth.ledger.budgets()[key]).toMatchObject({ held: 40_000_000, remaining: 10_000_000 });
  });

  test('waits for a signer that is down, but not for longer than five minutes', async () => {
    const { booth } = await openBank();
    const { jobId } = await ask(booth);
    const down: Watch = async (name) => {
      if (name === 'wallet.signTypedData') throw new CoinboothError('SignerUnavailable', 'It is down.');
      return undefined;
    };
    expect(await booth.pay(jobId, down)).toMatchObject({ status: 'reserved' });
    booth.clock.now += 301_000;
    expect(await booth.pay(jobId)).toMatchObject({
      status: 'refused',
      end: { reason: { name: 'DeadlinePassed' } },
    });
    expect([booth.signatures, float(booth).held]).toEqual([[], 0]);
  });

  test('whose signature took too long is not signed after all', async () => {
    const { booth } = await openBank();
    const { jobId } = await ask(booth);
    const slow: Watch = async (name) => {
      if (name === 'wallet.signTypedData') booth.clock.now += 301_000;
      return undefined;
    };
    expect((await booth.pay(jobId, slow)).status).toBe('refused');
    expect(float(booth)).toMatchObject({ held: 0 });
  });

  test('of a stopped booth is refused before anything is held or signed', async () => {
    const { booth } = await openBank();
    await booth.ledger.control.writeSigning(said);
    const { jobId } = await ask(booth);
    const { status, end } = await rest(booth, jobId);
    expect([status, end?.reason?.message]).toEqual(['refused', expect.stringContaining('stopped')]);
    expect(booth.ledger.history(jobId)).not.toContain('reserved');
    expect(booth.signatures).toEqual([]);
  });

  test('is signed while nobody else is paid', async () => {
    const { booth } = await openBank();
    await booth.ledger.control.writeSwitch({ scope: payeeScope(policy.payees[0] ?? ''), ...said });
    const { jobId } = await booth.accept();
    expect((await booth.pay(jobId)).status).toBe('accepted');
    expect((await rest(booth, (await ask(booth)).jobId)).status).toBe('authorized');
  });

  test('is nothing that a caller can ask for', () => {
    expect(offeringOf('withdrawal')).toBeUndefined();
    expect(checkForm('withdrawal', { network, asset: asset.asset, amountAtomic: '1' })).toMatchObject({
      wrong: [{ field: 'model' }],
    });
  });
});

test.each<readonly [string, (booth: Booth) => Promise<void>]>([
  ['the stop switch', ({ ledger }) => ledger.control.writeSigning(said)],
  [
    'the switch of withdrawals',
    ({ ledger }) => ledger.control.writeSwitch({ scope: 'model:withdrawal', ...said }),
  ],
  [
    'the switch of the treasury',
    ({ ledger }) => ledger.control.writeSwitch({ scope: payeeScope(treasury), ...said }),
  ],
])(
  '%s, thrown before any effect: nothing is signed after it, and nothing stays held',
  async (_name, stop) => {
    for (let n = 1; ; n += 1) {
      const { booth } = await openBank();
      const { jobId } = await ask(booth);
      let calls = 0;
      let before: Job | undefined;
      const throwing: Watch = async () => {
        calls += 1;
        if (calls !== n) return undefined;
        await stop(booth);
        before = await booth.read(jobId);
        return undefined;
      };
      await booth.pay(jobId, throwing);
      if (!before) {
        expect(n).toBeGreaterThan(4);
        return;
      }
      const job = await rest(booth, jobId);
      expect([n, job.status]).toEqual([n, before.status === 'authorized' ? 'authorized' : 'refused']);
      await expectOneAtMost(booth, job);
    }
  },
);

const crashed = (run: Promise<unknown>): Promise<boolean> =>
  run.then(
    () => false,
    (error: Error) => {
      if (error instanceof Crash) return true;
      throw error;
    },
  );

test.each(['before', 'after'] as const)(
  'a crash %s any effect: one authorization of what was asked, and one end',
  async (when) => {
    for (let n = 1; ; n += 1) {
      const { booth, chain, look, catchUp } = await openBank();
      const { jobId } = await ask(booth);
      const isOver = !(await crashed(booth.pay(jobId, crashAt(n, when))));
      booth.clock.now += 61_000;
      const signed = await rest(booth, jobId);
      expect([n, signed.status]).toEqual([n, 'authorized']);
      await expectOneAtMost(booth, signed);
      catchUp();
      settle(chain, signed);
      await look();
      const end = crashAt(n, when);
      await crashed(booth.pay(jobId, end));
      expect(await rest(booth, jobId)).toMatchObject({ status: 'delivered' });
      expect(booth.events).toEqual([]);
      if (!isOver) continue;
      expect(n).toBeGreaterThan(5);
      return;
    }
  },
);

test('a process that sleeps before any effect, and wakes when another has signed: one authorization', async () => {
  for (let n = 1; ; n += 1) {
    const { booth } = await openBank();
    const { jobId } = await ask(booth);
    const [asleep, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let calls = 0;
    const zombie = booth.pay(jobId, async () => {
      calls += 1;
      if (calls !== n) return undefined;
      asleep.resolve();
      await woken.promise;
      return undefined;
    });
    const outcome = await Promise.race([asleep.promise.then(() => 'asleep'), zombie.then(() => 'through')]);
    if (outcome === 'through') return;
    booth.clock.now += 61_000;
    const signed = await rest(booth, jobId);
    const signature = await booth.ledger.headers.read(signed);
    woken.resolve();
    await zombie;
    const after = await booth.read(jobId);
    expect([n, after.status]).toEqual([n, 'authorized']);
    expect([signature, await booth.ledger.headers.read(after)]).toEqual([signature, signature]);
    expect(signature).toBeDefined();
    expect(float(booth)).toMatchObject({ held: 40_000_000, remaining: 60_000_000 });
  }
});

test('three at once, of more than there is, in any order of their effects: never more than the wallet has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { booth } = await openBank();
      const asked = [await ask(booth), await ask(booth), await ask(booth, '30000000')];
      const inTurn: Watch = async (name) => {
        await scheduler.schedule(Promise.resolve(), name);
        return undefined;
      };
      await scheduler.waitFor(Promise.all([...asked, ...asked].map(({ jobId }) => booth.pay(jobId, inTurn))));
      const jobs = await Promise.all(asked.map(({ jobId }) => rest(booth, jobId)));
      const signed = jobs.filter(({ status }) => status === 'authorized');
      const open = signed.reduce((sum, { purchase }) => sum + Number(purchase?.amountAtomic), 0);
      expect(open).toBeLessThanOrEqual(100_000_000);
      expect([signed.length, float(booth).held]).toEqual([2, open]);
      const stored = await Promise.all(signed.map((job) => booth.ledger.readAuthorization(job)));
      expect(new Set(stored.map((one) => one?.authorization.nonce)).size).toBe(2);
    }),
    { numRuns: 60 },
  );
});
