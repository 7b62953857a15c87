import { describe, expect, test } from 'vitest';
import { agreed } from '../../functions/reconciler/agree.ts';
import { reconcile } from '../../functions/reconciler/reconcile.ts';
import { openFinding } from '../../shared/aws/dynamodb-chain.ts';
import { tokenKey } from '../../shared/core/budget.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import { policy } from '../core/offers.ts';
import { openBank } from './bank.ts';
import { Crash, openBooth } from './booth.ts';
import { newJob, start } from './jobs.ts';
import { scriptedChain } from './scripted-chain.ts';

const sums = (booth: ReturnType<typeof openBooth>) => Object.values(booth.ledger.budgets());
const total = (booth: ReturnType<typeof openBooth>) =>
  Object.entries(booth.ledger.budgets()).find(([key]) => key.endsWith('#total'))?.[1];

describe('a final block', () => {
  test('settles what it shows, and the budgets count it as spent', async () => {
    const { booth, look, catchUp, settle, told } = await openBank();
    const job = await booth.finish((await booth.accept()).jobId);
    expect(total(booth)).toMatchObject({ held: 30_000, committed: 0 });
    catchUp();
    settle(job);
    expect(await look()).toMatchObject({
      settled: 1,
      open: 0,
      table: { 'used / delivered / complete': 1 },
      unexplained: [],
    });
    expect(told).toEqual([`${job.jobId} settled`]);
    const after = await booth.read(job.jobId);
    expect(after).toMatchObject({ status: 'delivered', proof: { state: 'settled' } });
    expect(after.purchase).toMatchObject({ holdState: 'committed' });
    expect(total(booth)).toMatchObject({ held: 0, committed: 30_000, remaining: 99_970_000 });
    expect(await booth.ledger.headers.read(after)).toBeUndefined();
    expect(await look()).toMatchObject({ settled: 0, open: 0 });
  });

  test('of a picture that is watched sends nobody to it: its express run would be started once more', async () => {
    const { booth, look, catchUp, settle } = await openBank();
    const starts: string[] = [];
    booth.ports.workflows.start = async (_kind, name) => void starts.push(name);
    const { jobId } = await booth.accept();
    const job = await booth.pay(jobId);
    booth.clock.now += 4_000;
    catchUp();
    settle(job);
    expect(await look()).toMatchObject({ settled: 1 });
    for (const queued of booth.queued) await booth.pay(queued.jobId);
    expect(starts).toEqual([`${jobId}-1`]);
  });

  test('past its window, with the nonce unused, buries it: unpaid, and the budgets are whole again', async () => {
    const { booth, look, catchUp } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    booth.clock.now += 290_000;
    catchUp(0);
    expect(await look()).toMatchObject({ dead: 0, open: 1, table: { 'unused / unsettled / unknown': 1 } });
    booth.clock.now += 60_000;
    catchUp();
    expect(await look()).toMatchObject({ dead: 1, open: 0, unexplained: [] });
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({ status: 'unpaid', end: { reason: { name: 'PaymentUnsettled' } } });
    expect(moneyOf(job)).toBe('none');
    expect(booth.events).toMatchObject([{ status: 'unpaid', money: 'none' }]);
    for (const row of sums(booth)) expect(row).toMatchObject({ held: 0, committed: 0, remaining: row.limit });
  });

  test('that shows it cancelled buries it at once', async () => {
    const { booth, chain, look, catchUp } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    const job = await booth.pay(jobId);
    catchUp();
    chain.cancel(job.purchase?.nonce ?? '');
    expect(await look()).toMatchObject({ dead: 1 });
    expect((await booth.finish(jobId)).status).toBe('unpaid');
  });

  test('frees a picture that nobody was paid for', async () => {
    const { booth, look, catchUp } = await openBank('makes a job and does not settle');
    const job = await booth.finish((await booth.accept()).jobId);
    booth.clock.now += 400_000;
    catchUp();
    expect(await look()).toMatchObject({ dead: 1 });
    expect(moneyOf(await booth.read(job.jobId))).toBe('none');
    expect(total(booth)).toMatchObject({ held: 0, committed: 0 });
  });

  test('tells what a job that ended unresolved has cost, and that is announced once more', async () => {
    for (const [manner, outcome] of [
      ['settles and makes no job', 'settled'],
      ['does nothing', 'dead'],
    ] as const) {
      const { booth, look, catchUp, settle } = await openBank(manner);
      const manifest = { id: newJob().jobId, line: 7 };
      const { jobId } = await booth.accept({ manifest });
      const unresolved = await booth.finish(jobId);
      expect(unresolved.status).toBe('unresolved');
      catchUp();
      if (outcome === 'settled') settle(unresolved);
      await look();
      expect(booth.queued).toContainEqual({ jobId, group: manifest.id });
      const job = await booth.pay(jobId);
      expect(job).toMatchObject({ status: 'unresolved', proof: { state: outcome } });
      expect(job).not.toHaveProperty('dueAt');
      expect(booth.events).toMatchObject([{ status: 'unresolved' }]);
      expect(booth.resolutions).toMatchObject([{ jobId, outcome }]);
      await booth.pay(jobId);
      expect(booth.resolutions).toHaveLength(1);
    }
  });

  test('of a payment that has no job yet has the job looked for, and a claim at the deadline', async () => {
    const { booth, look, catchUp, settle } = await openBank('settles and makes no job');
    const { jobId } = await booth.accept();
    const job = await booth.pay(jobId);
    catchUp();
    settle(job);
    await look();
    const ended = await booth.finish(jobId);
    expect(ended).toMatchObject({ status: 'undelivered', end: { claim: { amountAtomic: '30000' } } });
    expect(ended.end?.claim?.transaction).toMatch(/^0x/);
    expect(moneyOf(ended)).toBe('spent');
  });
});

test('a final block that comes between two reads of the payer is news, no defect', async () => {
  const { booth, chain, look, catchUp } = await openBank('does nothing');
  const { jobId } = await booth.accept();
  let reads = 0;
  const after = await booth.pay(jobId, async (name) => {
    if (name !== 'ledger.readAuthorization') return undefined;
    reads += 1;
    if (reads !== 2) return undefined;
    catchUp();
    chain.cancel((await booth.read(jobId)).purchase?.nonce ?? '');
    await look();
    return undefined;
  });
  expect(after).toMatchObject({ status: 'unpaid', purchase: { sends: 1 } });
});

test('what a final block shows as settled is not sent again, though its window is open: its job is looked for', async () => {
  const { booth, look, catchUp, settle } = await openBank('settles and makes no job');
  const { jobId } = await booth.accept();
  const crashed = booth.pay(jobId, async (name) => {
    if (name === 'seller.jobs') throw new Crash('crashed before it looked');
    return undefined;
  });
  await expect(crashed).rejects.toThrow(Crash);
  catchUp();
  settle(await booth.read(jobId));
  expect(await look()).toMatchObject({ settled: 1 });
  booth.clock.now += 61_000;
  expect(await booth.pay(jobId)).toMatchObject({ status: 'unsettled', purchase: { sends: 1, lookups: 1 } });
  expect((await booth.finish(jobId)).status).toBe('undelivered');
});

test('a look that is behind the last one accuses nobody, and moves nothing back', async () => {
  const { booth, chain, look, catchUp, settle } = await openBank();
  const job = await booth.finish((await booth.accept()).jobId);
  const [behind, held] = [chain.head, chain.held];
  catchUp();
  settle(job);
  const { block } = await look();
  const { balance } = chain;
  chain.head = behind;
  chain.balance = async () => held;
  expect(await look()).toMatchObject({ block: behind, unexplained: [] });
  expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: true });
  Object.assign(chain, { head: block + 1, balance });
  expect(await look()).toMatchObject({ unexplained: [] });
});

describe('what the ledger cannot explain stops all signing', () => {
  test.each([
    ['a nonce that is not ours', 'not in the ledger'],
    ['another amount', 'not as it was signed'],
    ['another payee', 'not as it was signed'],
    ['money that leaves without an authorization', 'without an authorization'],
    ['money that leaves beside an authorization of ours', 'without an authorization'],
    ['a balance that does not add up', 'adds up'],
  ])('%s', async (what, words) => {
    const { booth, chain, look, catchUp } = await openBank();
    const job = await booth.finish((await booth.accept()).jobId);
    const { nonce = '', payTo = '' } = job.purchase ?? {};
    catchUp();
    if (what === 'a nonce that is not ours')
      chain.settle({ nonce: `0x${'9'.repeat(64)}`, value: 5n, to: payTo });
    if (what === 'another amount') chain.settle({ nonce, value: 40_000n, to: payTo });
    if (what === 'another payee') chain.settle({ nonce, value: 30_000n, to: `0x${'9'.repeat(40)}` });
    if (what.startsWith('money that leaves without')) chain.leak(1n);
    if (what.startsWith('money that leaves beside')) {
      chain.settle({ nonce, value: 30_000n, to: payTo });
      chain.leak(1n);
      for (const movement of chain.moved) Object.assign(movement, { transaction: `0x${'a'.repeat(64)}` });
    }
    if (what.startsWith('a balance')) chain.held -= 1n;
    booth.clock.now += 20_000;
    const { unexplained } = await look();
    expect(unexplained.join()).toContain(words);
    expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: false, by: 'reconciler' });
    const signatures = booth.signatures.length;
    const { jobId } = await booth.accept();
    expect((await booth.finish(jobId)).status).toBe('refused');
    expect(booth.signatures).toHaveLength(signatures);
  });
});

describe('when the key was replaced', () => {
  test('what the old wallet signed is proven by what its own nonces show, and by nothing else', async () => {
    const { booth, look, catchUp, settle } = await openBank();
    const job = await booth.finish((await booth.accept()).jobId);
    expect(job.purchase?.payer).toBe(booth.process().ports.wallet.address);
    const wallet = { address: '0x00000000000000000000000000000000000000b2' };
    const [asset] = policy.assets;
    if (!asset) throw new Error('The policy of the tests names an asset.');
    const anew = scriptedChain(start - 20_000);
    const lookAtNew = () =>
      reconcile({
        ...booth.process().ports,
        chainLedger: booth.ledger.chainLedger,
        chain: anew,
        asset,
        wallet,
        floorAtomic: 0,
      });
    // Long after its window: to the new wallet, whose token knows no such nonce, it would look dead.
    booth.clock.now += 3_600_000;
    anew.head = Math.floor((booth.clock.now - (start - 20_000)) / 2000) + 1;
    expect(await lookAtNew()).toMatchObject({ open: 0, dead: 0, settled: 0, unexplained: [] });
    expect((await booth.read(job.jobId)).proof).toBeUndefined();
    expect(total(booth)).toMatchObject({ held: 30_000 });
    // The old wallet's own look settles it, and neither stops anything over the other's money.
    catchUp();
    settle(job);
    expect(await look()).toMatchObject({ settled: 1, open: 0, unexplained: [] });
    expect((await booth.read(job.jobId)).proof).toMatchObject({ state: 'settled' });
    anew.head += 1;
    anew.receive(1n);
    expect(await lookAtNew()).toMatchObject({ unexplained: [] });
    const floats = Object.keys(booth.ledger.budgets()).filter((key) => key.startsWith('float'));
    expect(floats.map((key) => key.split('#').at(-1)).toSorted()).toEqual(
      [wallet.address, booth.process().ports.wallet.address.toLowerCase()].toSorted(),
    );
  });
});

describe('an operator who takes note of what was found', () => {
  const noted = { reason: 'moved by hand', by: 'a test', at: start };
  const [asset] = policy.assets;
  const { address } = openBooth().process().ports.wallet;
  const name = asset ? tokenKey(asset.network, asset.asset, address) : '';
  const wallet = (booth: ReturnType<typeof openBooth>) =>
    Object.entries(booth.ledger.budgets()).find(([key]) => key.startsWith('float'))?.[1];

  test('has looks go on past it; what left is no longer there to be reserved', async () => {
    const { booth, chain, look, catchUp } = await openBank();
    const { chainLedger } = booth.ledger;
    catchUp();
    chain.leak(1_000_000n);
    const { block, unexplained } = await look();
    const finding = await openFinding(chainLedger, name);
    expect(finding).toMatchObject({ blockNumber: block, unexplained });
    expect(wallet(booth)).toMatchObject({ remaining: 100_000_000 });
    if (!finding) throw new Error('There is no finding.');
    expect(await chainLedger.takeNote(name, finding, noted)).toBe(true);
    expect(await openFinding(chainLedger, name)).toBeUndefined();
    await look();
    expect(wallet(booth)).toMatchObject({ remaining: 99_000_000 });
    expect((await chainLedger.readCursor(name))?.blockNumber).toBe(block);
    catchUp();
    expect((await look()).unexplained).toEqual([]);
    expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: false });
  });

  test('has not taken note of what comes after it', async () => {
    const { booth, chain, look, catchUp } = await openBank();
    const { chainLedger } = booth.ledger;
    catchUp();
    chain.leak(5n);
    await look();
    const finding = await openFinding(chainLedger, name);
    if (!finding) throw new Error('There is no finding.');
    await chainLedger.takeNote(name, finding, noted);
    await booth.ledger.control.writeSigning({ enabled: true, reason: 'a test', by: 'a test', at: start });
    catchUp();
    chain.leak(7n);
    await look();
    expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: true });
    expect((await look()).unexplained).not.toEqual([]);
    expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: false });
    expect(await openFinding(chainLedger, name)).toMatchObject({ unexplained: expect.anything() });
  });

  test('of a finding that a newer look replaced has to look again', async () => {
    const { booth, chain, look, catchUp } = await openBank();
    const { chainLedger } = booth.ledger;
    catchUp();
    chain.leak(5n);
    await look();
    const finding = await openFinding(chainLedger, name);
    catchUp();
    chain.leak(6n);
    await look();
    if (!finding) throw new Error('There is no finding.');
    expect(await chainLedger.takeNote(name, finding, noted)).toBe(false);
    expect(await openFinding(chainLedger, name)).toBeDefined();
  });

  test('of a settlement beside it loses none of our own', async () => {
    const { booth, chain, look, catchUp, settle } = await openBank();
    const job = await booth.finish((await booth.accept()).jobId);
    catchUp();
    settle(job);
    chain.leak(10n);
    await look();
    const finding = await openFinding(booth.ledger.chainLedger, name);
    if (!finding) throw new Error('There is no finding.');
    await booth.ledger.chainLedger.takeNote(name, finding, noted);
    await look();
    expect((await booth.read(job.jobId)).proof).toMatchObject({ state: 'settled' });
    expect(wallet(booth)).toMatchObject({ remaining: 99_969_990, held: 0, committed: 30_000 });
    expect(Number(chain.held)).toBe(99_969_990);
  });
});

test('a row that cannot be read is said, when all others were looked at, and accuses nobody', async () => {
  const { booth, look, catchUp, settle } = await openBank();
  const [torn, whole] = [
    await booth.finish((await booth.accept()).jobId),
    await booth.finish((await booth.accept()).jobId),
  ];
  catchUp();
  settle(torn);
  settle(whole);
  const { read } = booth.ledger;
  booth.ports.ledger.read = async (jobId) => {
    if (jobId === torn.jobId) throw new Error('it has no shape');
    return read(jobId);
  };
  await expect(look()).rejects.toThrow(`Job ${torn.jobId} cannot be read: it has no shape`);
  expect((await booth.read(whole.jobId)).proof).toMatchObject({ state: 'settled' });
  expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: true });
  booth.ports.ledger.read = read;
  expect(await look()).toMatchObject({ settled: 1, open: 0, unexplained: [] });
  expect((await booth.read(torn.jobId)).proof).toMatchObject({ state: 'settled' });
});

describe('a chain that cannot be read', () => {
  test('proves nothing, gives nothing back, and in time stops the spending', async () => {
    const { booth, chain, look, catchUp } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    booth.clock.now += 400_000;
    catchUp();
    chain.blind = true;
    await expect(look()).rejects.toThrow();
    expect((await booth.read(jobId)).proof).toBeUndefined();
    expect(total(booth)).toMatchObject({ held: 30_000 });
  });

  test('in one of two nodes, or with two answers, is not read at all', async () => {
    const [one, other] = [scriptedChain(start), scriptedChain(start)];
    const both = agreed([one, other]);
    one.head = 12;
    expect((await both.finalHead()).number).toBe(10);
    other.fork = '0xother';
    await expect(both.finalHead()).rejects.toMatchObject({ name: 'ChainDisagrees' });
    other.fork = '0x';
    other.receive(1n);
    await expect(both.movements(0, 10)).rejects.toMatchObject({ name: 'ChainDisagrees' });
    await expect(both.balance(10)).rejects.toMatchObject({ name: 'ChainDisagrees' });
    other.blind = true;
    await expect(both.finalHead()).rejects.toThrow('does not answer');
  });
});

test('after a long silence looks catch up in spans that one of them gets through', async () => {
  const { booth, chain, look, catchUp, settle } = await openBank();
  const job = await booth.finish((await booth.accept()).jobId);
  catchUp();
  settle(job);
  chain.head += 500_000;
  booth.clock.now += 1_000_000_000;
  const spans: number[] = [];
  const { movements } = chain;
  chain.movements = async (from, to) => {
    spans.push(to - from + 1);
    return movements(from, to);
  };
  expect(await look()).toMatchObject({ settled: 1, unexplained: [] });
  expect((await look()).block).toBeLessThan(chain.head);
  expect(await look()).toMatchObject({ block: chain.head, unexplained: [] });
  expect(Math.max(...spans)).toBeLessThanOrEqual(200_000);
  expect(await look()).toMatchObject({ block: chain.head });
});

describe('one node that lies about the time of a block that it has right', () => {
  test('buries nothing: an authorization that it calls over may still be settled', async () => {
    const { booth, chain, catchUp } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    catchUp();
    const hasty: typeof chain = {
      ...chain,
      finalHead: async () => ({ ...(await chain.finalHead()), timestamp: 2_000_000_000 }),
      blockAt: async (number) => ({ ...(await chain.blockAt(number)), timestamp: 2_000_000_000 }),
    };
    const [asset] = policy.assets;
    if (!asset) throw new Error('The policy of the tests names an asset.');
    const { ports } = booth.process();
    const { chainLedger } = booth.ledger;
    const lied = { ...ports, chainLedger, chain: agreed([hasty, chain]), asset, floorAtomic: 0 };
    await expect(reconcile(lied)).rejects.toMatchObject({ name: 'ChainDisagrees' });
    expect((await booth.read(jobId)).proof).toBeUndefined();
    expect(total(booth)).toMatchObject({ held: 30_000 });
  });
});

test("the wallet's own row: what came in can be spent, what went out cannot, and an empty one waits", async () => {
  const { booth, chain, look, catchUp, settle } = await openBank();
  const key = Object.keys(booth.ledger.budgets()).find((name) => name.startsWith('float'));
  const wallet = () => booth.ledger.budgets()[key ?? ''];
  expect(wallet()).toMatchObject({ remaining: 100_000_000, limit: 100_000_000 });
  const job = await booth.finish((await booth.accept()).jobId);
  expect(wallet()).toMatchObject({ remaining: 99_970_000, held: 30_000 });
  catchUp();
  settle(job);
  chain.receive(1_000n);
  await look();
  expect(wallet()).toMatchObject({ remaining: 99_971_000, held: 0, committed: 30_000 });
  expect(Number(chain.held)).toBe(99_971_000);
});

test('a floor that an operator raises or lowers is held to from the next look on', async () => {
  const { booth, look, catchUp } = await openBank();
  const wallet = () => Object.entries(booth.ledger.budgets()).find(([key]) => key.startsWith('float'))?.[1];
  catchUp();
  await look(60_000_000);
  expect(wallet()).toMatchObject({ remaining: 40_000_000 });
  catchUp();
  await look(60_000_000);
  expect(wallet()).toMatchObject({ remaining: 40_000_000 });
  catchUp();
  await look(10_000_000);
  expect(wallet()).toMatchObject({ remaining: 90_000_000 });
});

test('a look that could not read all that is open accuses nobody, and is made again', async () => {
  const { booth, look, catchUp, settle } = await openBank();
  const job = await booth.finish((await booth.accept()).jobId);
  const waiting = await booth.accept();
  await booth.pay(waiting.jobId, undefined, 20_000);
  catchUp();
  settle(job);
  const { openAuthorizations } = booth.ledger;
  // The index is full of what is reserved and not signed.
  booth.ledger.openAuthorizations = async (most) => Array.from({ length: most }, () => waiting.jobId);
  expect(await look()).toMatchObject({ settled: 0, unexplained: [] });
  expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: true });
  booth.ledger.openAuthorizations = openAuthorizations;
  expect(await look()).toMatchObject({ settled: 1, unexplained: [] });
});

test('a crash between closing and moving on closes nothing twice, and takes nothing for a stranger', async () => {
  for (const failing of ['moveCursor'] as const) {
    const { booth, look, catchUp, settle } = await openBank();
    const job = await booth.finish((await booth.accept()).jobId);
    catchUp();
    settle(job);
    const { chainLedger } = booth.ledger;
    const whole = chainLedger[failing];
    Object.assign(chainLedger, {
      [failing]: async () => {
        Object.assign(chainLedger, { [failing]: whole });
        throw new Error('crashed');
      },
    });
    await expect(look()).rejects.toThrow('crashed');
    const again = await look();
    expect(again.unexplained).toEqual([]);
    expect(total(booth)).toMatchObject({ held: 0, committed: 30_000 });
  }
});
