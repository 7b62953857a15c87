import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Reconciliation, reconcile } from '../../functions/reconciler/reconcile.ts';
import { type ChainLedger, openFinding } from '../../shared/aws/dynamodb-chain.ts';
import { floatKey, tokenKey } from '../../shared/core/budget.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import { houseCaller, type Job } from '../../shared/core/job-record.ts';
import { type PaidAsset, paidAssets } from '../../shared/core/policy.ts';
import { tempoTerms } from '../core/offers.ts';
import { openBooth } from './booth.ts';
import { start, wallet } from './jobs.ts';
import { scriptedChain } from './scripted-chain.ts';

/** Looks that begin late: days after the first payments, or once more where the cursor was lost. */

const genesis = start - 20_000;
const treasury = `0x${'7ea5'.repeat(10)}`;

/** A booth that nobody has given nodes to yet. */
function openLate(rail: 'x402' | 'tempo' = 'x402') {
  let hasNodes = false;
  const booth = openBooth(
    {},
    { rails: [rail], tempo: tempoTerms },
    { readsChain: () => hasNodes, treasuries: { 'eip155:8453': treasury } },
  );
  booth.seller.offersTempo = rail === 'tempo';
  const { ports } = booth.process();
  const [asset] = paidAssets(ports.policy);
  if (!asset) throw new Error('The policy of the tests names an asset.');
  const chain = scriptedChain(genesis);
  Object.assign(chain, { provesByLogs: rail === 'tempo' });
  const blockAt = chain.blockAt;
  const asked: number[] = [];
  chain.blockAt = (number) => {
    asked.push(number);
    return blockAt(number);
  };
  let chainLedger: ChainLedger = booth.ledger.chainLedger;
  return {
    booth,
    chain,
    asset,
    /** Blocks that were asked for by their number. */
    asked,
    look: (floorAtomic = 0): Promise<Reconciliation> => {
      hasNodes = true;
      return reconcile({ ...booth.process().ports, chainLedger, chain, asset, floorAtomic });
    },
    /** As after a backup without it. */
    loseCursor: () => {
      chainLedger = { ...booth.ledger.chainLedger, readCursor: async () => undefined };
      const { moveCursor } = booth.ledger.chainLedger;
      chainLedger.moveCursor = async (token, _before, after, credit) =>
        moveCursor(token, await booth.ledger.chainLedger.readCursor(token), after, credit);
    },
    pass: (seconds: number) => {
      booth.clock.now += seconds * 1000;
      chain.head = Math.floor((booth.clock.now - genesis) / 2000);
    },
    settle: ({ purchase }: Job): void => {
      const { nonce = '', amountAtomic = '0', payTo = '', transaction } = purchase ?? {};
      if (transaction !== undefined)
        chain.include(transaction, { memo: nonce, value: BigInt(amountAtomic), to: payTo }, 612n);
      else chain.settle({ nonce, value: BigInt(amountAtomic), to: payTo });
    },
    free: () => floatOf(booth, asset)?.remaining,
  };
}

const floatOf = (booth: ReturnType<typeof openBooth>, { network, asset }: PaidAsset) =>
  booth.ledger.budgets()[floatKey(network, asset, wallet.address)];

const hours = 3_600;

describe('a payment that was settled long before the first look', () => {
  test.each(['x402', 'tempo'] as const)('is found in the blocks of its own window (%s)', async (rail) => {
    const late = openLate(rail);
    const job = await late.booth.finish((await late.booth.accept()).jobId);
    late.pass(10);
    late.settle(job);
    const [{ blockNumber = 0, transaction = '' } = {}] = late.chain.moved;
    late.pass(72 * hours);
    expect(await late.look()).toMatchObject({ settled: 1, dead: 0, open: 0, unexplained: [] });
    expect((await late.booth.read(job.jobId)).proof).toMatchObject({
      state: 'settled',
      transaction,
      blockNumber,
    });
    // The wallet has it no more: it is not taken off a second time.
    expect(late.free()).toBe(Number(late.chain.held));
    expect(late.asked.length).toBeLessThan(30);
  });

  test('is searched for by later looks where one has not the time for all', async () => {
    const late = openLate();
    const jobs: Job[] = [];
    for (let count = 0; count < 12; count += 1)
      jobs.push(await late.booth.finish((await late.booth.accept()).jobId));
    late.pass(10);
    for (const job of jobs) late.settle(job);
    late.pass(48 * hours);
    expect(await late.look()).toMatchObject({ settled: 10, open: 2 });
    late.pass(300);
    expect(await late.look()).toMatchObject({ settled: 2, open: 0, unexplained: [] });
    expect(late.free()).toBe(Number(late.chain.held));
  });

  test('and cancelled there is dead', async () => {
    const late = openLate();
    late.booth.seller.manner = 'does nothing';
    const job = await late.booth.pay((await late.booth.accept()).jobId);
    late.pass(10);
    late.chain.cancel(job.purchase?.nonce ?? '');
    late.pass(48 * hours);
    expect(await late.look()).toMatchObject({ settled: 0, dead: 1, open: 0 });
    expect(moneyOf(await late.booth.read(job.jobId))).toBe('none');
  });

  test('otherwise than it was signed stops all signing', async () => {
    const late = openLate();
    const job = await late.booth.finish((await late.booth.accept()).jobId);
    late.pass(10);
    late.chain.settle({ nonce: job.purchase?.nonce ?? '', value: 90_000n, to: treasury });
    late.pass(48 * hours);
    expect((await late.look()).unexplained.join()).toContain('not as it was signed');
    expect(await late.booth.ledger.control.readSigning()).toMatchObject({ enabled: false });
  });

  test('is found by its logs where no receipt is kept any more, and is not called dead (tempo)', async () => {
    const late = openLate('tempo');
    const job = await late.booth.finish((await late.booth.accept()).jobId);
    late.pass(10);
    late.settle(job);
    late.pass(72 * hours);
    late.chain.isNonceUsed = async () => false;
    expect(await late.look()).toMatchObject({ settled: 1, dead: 0, open: 0, unexplained: [] });
  });

  test('is not called dead while nodes may be some blocks apart (tempo)', async () => {
    const late = openLate('tempo');
    late.booth.seller.manner = 'does nothing';
    const job = await late.booth.pay((await late.booth.accept()).jobId);
    late.pass(30);
    expect(await late.look()).toMatchObject({ dead: 0, open: 1 });
    late.pass(60);
    expect(await late.look()).toMatchObject({ dead: 1, open: 0 });
    expect(moneyOf(await late.booth.read(job.jobId))).toBe('none');
  });

  test('in blocks that a node does not keep stays open, and keeps nothing else open', async () => {
    const late = openLate();
    late.booth.seller.manner = 'does nothing';
    const paid = await late.booth.pay((await late.booth.accept()).jobId);
    const dead = await late.booth.pay((await late.booth.accept()).jobId);
    late.pass(10);
    late.settle(paid);
    late.pass(72 * hours);
    const kept = late.chain.head - 43_200;
    const { movements } = late.chain;
    late.chain.movements = async (from, to) => {
      if (from < kept) throw new CoinboothError('ChainUnread', 'pruned history unavailable');
      return movements(from, to);
    };
    await expect(late.look()).rejects.toThrow('pruned history unavailable');
    expect((await late.booth.read(dead.jobId)).proof?.state).toBe('dead');
    expect((await late.booth.read(paid.jobId)).proof).toBeUndefined();
  });

  test('is not called over by a final block of another age', async () => {
    const late = openLate();
    late.booth.seller.manner = 'does nothing';
    const job = await late.booth.pay((await late.booth.accept()).jobId);
    late.pass(10);
    const { finalHead } = late.chain;
    late.chain.finalHead = async () => {
      const head = await finalHead();
      return { ...head, timestamp: head.timestamp * 1000 };
    };
    await expect(late.look()).rejects.toThrow('far ahead of the time here');
    expect((await late.booth.read(job.jobId)).proof).toBeUndefined();
  });

  test('is not taken for dead where its nonce is used and no block shows by what: it stays open, and that is said', async () => {
    const late = openLate();
    const job = await late.booth.finish((await late.booth.accept()).jobId);
    late.pass(10);
    late.settle(job);
    late.chain.moved.length = 0;
    late.pass(48 * hours);
    await expect(late.look()).rejects.toMatchObject({
      name: 'ChainUnread',
      message: expect.stringContaining(`The nonce of job ${job.jobId} is used`),
    });
    const after = await late.booth.read(job.jobId);
    expect(after.proof).toBeUndefined();
    expect(after.purchase).toMatchObject({ holdState: 'held' });
  });
});

test('a withdrawal that was settled before a lost cursor is found in its hour', async () => {
  const late = openLate();
  await late.look();
  const { network, asset } = late.asset;
  const { jobId } = await late.booth.accept({
    jobId: randomUUID(),
    caller: houseCaller,
    offering: 'withdrawal',
    body: JSON.stringify({ network, asset, amountAtomic: '40000000' }),
    deadlineAt: late.booth.clock.now + 300_000,
  });
  await late.booth.pay(jobId);
  const signed = await late.booth.pay(jobId);
  late.pass(3_000);
  late.settle(signed);
  const [{ blockNumber = 0, transaction = '' } = {}] = late.chain.moved;
  late.loseCursor();
  late.pass(48 * hours);
  expect(await late.look()).toMatchObject({ settled: 1, open: 0, unexplained: [] });
  expect((await late.booth.read(jobId)).proof).toMatchObject({ state: 'settled', transaction, blockNumber });
  expect(late.free()).toBe(60_000_000);
});

describe('what the first look gives the wallet to spend', () => {
  test('is what it has above the floor', async () => {
    const late = openLate();
    await late.look(60_000_000);
    expect(late.free()).toBe(40_000_000);
  });

  test('is without what is open and was signed before: the wallet has that still, and not for long', async () => {
    const late = openLate();
    const job = await late.booth.finish((await late.booth.accept()).jobId);
    late.pass(10);
    expect(await late.look()).toMatchObject({ open: 1 });
    expect(late.free()).toBe(99_970_000);
    late.pass(10);
    late.settle(job);
    expect(await late.look()).toMatchObject({ settled: 1 });
    expect(late.free()).toBe(99_970_000);
    expect(late.free()).toBe(Number(late.chain.held));
  });

  test('is not given a second time where the cursor was lost and the row was not', async () => {
    const late = openLate();
    await late.look();
    const job = await late.booth.finish((await late.booth.accept()).jobId);
    late.loseCursor();
    late.pass(10);
    await late.look();
    expect(floatOf(late.booth, late.asset)).toMatchObject({ remaining: 99_970_000, held: 30_000 });
    late.settle(job);
    late.pass(10);
    await late.look();
    expect(floatOf(late.booth, late.asset)).toMatchObject({ remaining: 99_970_000, held: 0 });
  });
});

describe('the block that the last look ended with', () => {
  test('with another hash is of another history: all signing stops, and nothing is concluded', async () => {
    const late = openLate();
    late.booth.seller.manner = 'does nothing';
    const { jobId } = await late.booth.accept();
    await late.look();
    await late.booth.pay(jobId);
    late.pass(400);
    late.chain.fork = '0xanother';
    const { unexplained, dead, open } = await late.look();
    expect({ dead, open }).toEqual({ dead: 0, open: 1 });
    expect(unexplained.join()).toContain('final block 10 had the hash 0x10, and all nodes show 0xanother10');
    expect((await late.booth.read(jobId)).proof).toBeUndefined();
    expect(await late.booth.ledger.control.readSigning()).toMatchObject({ enabled: false, by: 'reconciler' });
    // An operator who takes note of it lets the looks go on from there.
    const { chainLedger } = late.booth.ledger;
    const token = tokenKey(late.asset.network, late.asset.asset, wallet.address);
    const finding = await openFinding(chainLedger, token);
    if (!finding) throw new Error('There is no finding.');
    const noted = { reason: 'the local chain began anew', by: 'a test', at: late.booth.clock.now };
    expect(await chainLedger.takeNote(token, finding, noted)).toBe(true);
    await late.look();
    late.pass(10);
    expect(await late.look()).toMatchObject({ unexplained: [] });
    expect((await late.booth.read(jobId)).proof).toMatchObject({ state: 'dead' });
  });
});
