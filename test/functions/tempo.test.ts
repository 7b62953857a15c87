import { Credential } from 'mppx';
import { type Hex, keccak256 } from 'viem';
import { Transaction } from 'viem/tempo';
import { describe, expect, test } from 'vitest';
import { type Reconciliation, reconcile } from '../../functions/reconciler/reconcile.ts';
import type { ChargeAuthorization } from '../../shared/core/authorization.ts';
import type { Charge } from '../../shared/core/charge.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Rail } from '../../shared/core/policy.ts';
import { challengeOf, chargeOf, offer, tempoTerms } from '../core/offers.ts';
import { Crash, crashAt, isAnswer, openBooth } from './booth.ts';
import { start } from './jobs.ts';
import { scriptedChain } from './scripted-chain.ts';

/** A purchase on the second rail, at a seller that offers both. */

function openTempo(
  rails: readonly Rail[] = ['tempo', 'x402'],
  spending: Parameters<typeof openBooth>[2] = {},
) {
  const booth = openBooth({}, { rails: [...rails], tempo: tempoTerms }, spending);
  booth.seller.offersTempo = true;
  return booth;
}

const transactionIn = (header: string) => {
  const { payload } = Credential.deserialize<{ signature: Hex }>(header);
  return {
    hash: keccak256(payload.signature),
    ...(Transaction.deserialize(payload.signature as never) as object),
  };
};

describe('what is signed', () => {
  test('is one transfer with the memo of the purchase, good for half a minute, its fee capped and pinned', async () => {
    const booth = openTempo();
    const job = await booth.pay((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'submitted', purchase: { rail: 'tempo', amountAtomic: '30000' } });
    const [header = ''] = booth.seller.headers;
    const [frozen] = booth.signatures as ChargeAuthorization[];
    const sent = transactionIn(header);
    expect(sent).toMatchObject({
      hash: job.purchase?.transaction,
      chainId: 42431,
      nonceKey: 2n ** 256n - 1n,
      nonce: 0,
      validBefore: frozen?.validBefore,
      feeToken: tempoTerms.assets[0]?.asset,
    });
    const { gas, maxFeePerGas, calls } = sent as unknown as {
      gas: bigint;
      maxFeePerGas: bigint;
      calls: { to: string; data: string }[];
    };
    expect((gas * maxFeePerGas) / 10n ** 12n).toBe(30_000n);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.to).toBe(tempoTerms.assets[0]?.asset);
    expect(calls[0]?.data).toContain(job.purchase?.nonce.slice(2));
    expect(Number(frozen?.validBefore) - Math.floor((job.purchase?.reservedAt ?? 0) / 1000)).toBe(25);
  });

  test('ends with its challenge, where that ends sooner', async () => {
    const booth = openTempo();
    const expiresAt = start + 20_000;
    booth.seller.quotes.push({ challenge: { ...challengeOf(), charges: [chargeOf({ expiresAt })] } });
    const job = await booth.pay((await booth.accept()).jobId);
    expect(job.purchase?.validBefore).toBe(expiresAt / 1000);
  });

  test('is known by its hash, and stored with it, before a byte of it leaves', async () => {
    const booth = openTempo();
    const { jobId } = await booth.accept();
    let known: string | undefined;
    await booth.pay(jobId, async (name, args) => {
      if (name === 'seller.pay') {
        const job = await booth.read(jobId);
        known = job.purchase?.transaction;
        expect(job.status).toBe('authorized');
        expect(await booth.ledger.headers.read(job)).toBe(args[2]);
      }
      return undefined;
    });
    expect(known).toBe(transactionIn(booth.seller.headers[0] ?? '').hash);
  });

  test('is refused when it would differ from what was frozen, and nothing is sent', async () => {
    const booth = openTempo();
    const sign = booth.ports.charges.sign;
    booth.ports.charges.sign = (frozen, charge, purchase) =>
      sign(frozen, { ...charge, wire: { ...chargeOf({ amount: '90000' }).wire } } as Charge, purchase);
    await expect(booth.pay((await booth.accept()).jobId)).rejects.toMatchObject({ name: 'Defect' });
    expect(booth.seller.headers).toEqual([]);
  });

  test('is frozen and signed anew when signing took its half minute; what came late never leaves', async () => {
    const booth = openTempo();
    const sign = booth.ports.charges.sign;
    let slow = true;
    booth.ports.charges.sign = async (...charge) => {
      if (slow) booth.clock.now += 21_000;
      slow = false;
      return sign(...charge);
    };
    const job = await booth.pay((await booth.accept()).jobId);
    expect(job.status).toBe('submitted');
    expect([booth.signatures.length, booth.seller.headers.length]).toEqual([2, 1]);
    expect(transactionIn(booth.seller.headers[0] ?? '').hash).toBe(job.purchase?.transaction);
  });
});

describe('after a crash', () => {
  test('what was sent is sent again, as the same bytes, while it lives; later it is not', async () => {
    for (const [pause, posts] of [
      [3_000, 3],
      [61_000, 1],
    ] as const) {
      const booth = openTempo();
      booth.seller.manner = 'does nothing';
      const { jobId } = await booth.accept();
      await booth
        .pay(jobId, async (name) =>
          name === 'seller.jobs'
            ? () => {
                throw new Crash('crashed');
              }
            : undefined,
        )
        .catch(() => {});
      expect(booth.seller.headers).toHaveLength(1);
      booth.clock.now += pause;
      await booth.pay(jobId);
      expect(booth.seller.headers).toHaveLength(posts);
      expect(new Set(booth.seller.headers).size).toBe(1);
    }
  });

  test.each(['honest', 'loses its answer', 'does nothing'] as const)(
    'anywhere, at a seller that is or %s: one transaction, one end',
    async (manner) => {
      for (let n = 1; ; n += 1) {
        const booth = openTempo();
        booth.seller.manner = manner;
        const { jobId } = await booth.accept();
        const crashed = await booth.turn(jobId, crashAt(n, 'before')).then(
          () => false,
          (error: Error) => {
            if (error instanceof Crash || isAnswer(error.name)) return error instanceof Crash;
            throw error;
          },
        );
        booth.clock.now += 61_000;
        await booth.finish(jobId);
        expect(booth.seller.settlements.size).toBeLessThanOrEqual(1);
        expect(new Set(booth.seller.headers).size).toBeLessThanOrEqual(1);
        expect(new Set(booth.events.map(({ id }) => id)).size).toBe(1);
        if (!crashed) return expect(n).toBeGreaterThan(12);
      }
    },
  );
});

describe('which rail', () => {
  const paidOn = async (booth: ReturnType<typeof openBooth>): Promise<Rail | undefined> =>
    (await booth.pay((await booth.accept()).jobId)).purchase?.rail;

  test('is the first of the settings', async () => {
    expect(await paidOn(openTempo(['tempo', 'x402']))).toBe('tempo');
    expect(await paidOn(openTempo(['x402', 'tempo']))).toBe('x402');
    expect(await paidOn(openTempo(['x402']))).toBe('x402');
  });

  test('is the other when the first is not offered, or is too dear', async () => {
    const booth = openTempo();
    booth.seller.offersTempo = false;
    expect(await paidOn(booth)).toBe('x402');
    const dear = openTempo();
    dear.seller.quotes.push({
      challenge: { ...challengeOf(offer()), charges: [chargeOf({ amount: '900000' })] },
    });
    expect(await paidOn(dear)).toBe('x402');
  });

  test('is the other while the wallet of the first is empty; with both empty it waits, and nothing is signed', async () => {
    const booth = openTempo(['tempo', 'x402'], { readsChain: true });
    const { jobId } = await booth.accept();
    const waiting = await booth.pay(jobId, undefined, 60_000);
    expect(waiting.status).toBe('accepted');
    expect(booth.signatures).toEqual([]);
    const chain = scriptedChain(start - 20_000);
    const [asset] = booth.process().ports.policy.assets;
    if (!asset) throw new Error('The policy of the tests names an asset.');
    const { ports } = booth.process();
    await reconcile({ ...ports, chainLedger: booth.ledger.chainLedger, chain, asset, floorAtomic: 0 });
    booth.clock.now += 60_000;
    expect((await booth.pay(jobId)).purchase?.rail).toBe('x402');
  });

  test('is one whose chain nobody reads, too: its wallet is not known to be empty', async () => {
    const readsChain = (network: string) => network === tempoTerms.assets[0]?.network;
    expect(await paidOn(openTempo(['x402', 'tempo'], { readsChain }))).toBe('x402');
    expect(await paidOn(openTempo(['tempo', 'x402'], { readsChain }))).toBe('x402');
  });

  test.each([
    ['ChallengeExpired', { expiresAt: start - 1 }],
    ['RealmMismatch', { flaw: 'RealmMismatch' }],
    ['CurrencyNotPinned', { currency: `0x${'8'.repeat(40)}` }],
    ['ChainNotPinned', { details: { chainId: 1 } }],
    ['ChainNotPinned', { details: { chainId: '42431' } }],
    ['CurrencyNotPinned', { currency: `0X${tempoTerms.assets[0]?.asset.slice(2)}` }],
    ['RecipientNotPinned', { recipient: `0X${'1'.repeat(40)}` }],
    ['SplitsRefused', { details: { chainId: 42431, splits: [] } }],
    ['PushOnly', { details: { chainId: 42431, supportedModes: ['push'] } }],
    ['DigestMismatch', { flaw: 'DigestMismatch' }],
    ['IdMalformed', { flaw: 'IdMalformed' }],
  ] as const)(
    'is none when the only challenge is refused (%s), by that name and without a signature',
    async (name, change) => {
      const booth = openTempo(['tempo']);
      booth.seller.quotes.push({ challenge: { ...challengeOf(offer()), charges: [chargeOf(change)] } });
      const job = await booth.pay((await booth.accept()).jobId);
      expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'ChallengeUnsupported' } } });
      expect(job.end?.reason?.message).toContain(name);
      expect([booth.signatures, booth.seller.headers]).toEqual([[], []]);
    },
  );
});

describe('a final block', () => {
  async function openBank(manner: ReturnType<typeof openBooth>['seller']['manner'] = 'honest') {
    const booth = openTempo(['tempo'], { readsChain: true });
    booth.seller.manner = manner;
    const chain = scriptedChain(start - 20_000);
    const [asset] = tempoTerms.assets;
    if (!asset) throw new Error('The terms of the tests name an asset.');
    const { ports } = booth.process();
    const look = async (): Promise<Reconciliation> => {
      chain.head = Math.max(chain.head + 1, Math.floor((booth.clock.now - (start - 20_000)) / 2000) + 1);
      return reconcile({ ...ports, chainLedger: booth.ledger.chainLedger, chain, asset, floorAtomic: 0 });
    };
    await look();
    /** Into a block that nobody has looked at yet. */
    const take: typeof chain.include = (...taken) => {
      chain.head += 1;
      chain.include(...taken);
    };
    const include = (
      { purchase }: Job,
      change: { transaction?: string; value?: bigint; fee?: bigint } = {},
    ) => {
      const { transaction = purchase?.transaction ?? '', value = 30_000n, fee = 612n } = change;
      take(transaction, { memo: purchase?.nonce ?? '', value, to: purchase?.payTo ?? '' }, fee);
    };
    const wallet = () =>
      Object.entries(booth.ledger.budgets()).find(([key]) => key.startsWith('float#'))?.[1];
    return { booth, take, look, include, wallet };
  }

  test('settles by hash and memo; of what was held for the fee, only the fee is gone', async () => {
    const { booth, look, include, wallet } = await openBank();
    const job = await booth.finish((await booth.accept()).jobId);
    expect(wallet()).toMatchObject({ held: 60_000 });
    include(job);
    expect(await look()).toMatchObject({ settled: 1, open: 0, unexplained: [] });
    expect(await booth.read(job.jobId)).toMatchObject({
      proof: { state: 'settled', transaction: job.purchase?.transaction },
    });
    expect(wallet()).toMatchObject({ held: 0, remaining: 100_000_000 - 30_612 });
    expect(await look()).toMatchObject({ settled: 0, unexplained: [] });
  });

  test.each(['settled', 'dead'] as const)(
    'that is younger than the index of what is open accuses nobody: its transaction, %s, may be missing there',
    async (state) => {
      const { booth, take, look, include } = await openBank(state === 'dead' ? 'does nothing' : 'honest');
      const job = await booth.pay((await booth.accept()).jobId);
      if (state === 'settled') include(job);
      else take(job.purchase?.transaction ?? '', 'nothing', 74n);
      const { openAuthorizations } = booth.ledger;
      booth.ledger.openAuthorizations = async () => [];
      expect(await look()).toMatchObject({ settled: 0, dead: 0, unexplained: [] });
      expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: true });
      booth.ledger.openAuthorizations = openAuthorizations;
      booth.clock.now += 61_000;
      expect(await look()).toMatchObject({ [state]: 1, open: 0, unexplained: [] });
    },
  );

  test('past its half minute, without the transaction, buries it: unpaid, and all is given back', async () => {
    const { booth, look, wallet } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    booth.clock.now = (await booth.read(jobId)).purchase?.validBefore ?? 0;
    booth.clock.now = booth.clock.now * 1000 - 4_000;
    expect(await look()).toMatchObject({ dead: 0, open: 1 });
    booth.clock.now += 4_000;
    expect(await look()).toMatchObject({ dead: 1, open: 0, unexplained: [] });
    const job = await booth.finish(jobId);
    expect([job.status, moneyOf(job)]).toEqual(['unpaid', 'none']);
    expect(wallet()).toMatchObject({ held: 0, remaining: 100_000_000 });
  });

  test('in which the transaction failed buries it at once, and its fee is no alarm', async () => {
    const { booth, take, look, wallet } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    const { purchase } = await booth.pay(jobId);
    take(purchase?.transaction ?? '', 'nothing', 74n);
    expect(await look()).toMatchObject({ dead: 1, open: 0, unexplained: [] });
    expect(wallet()).toMatchObject({ held: 0, remaining: 100_000_000 - 74 });
    expect((await booth.finish(jobId)).status).toBe('unpaid');
  });

  test.each([
    ['our memo in another transaction', { transaction: `0x${'b'.repeat(64)}` }, 'not as it was signed'],
    ['another amount', { value: 40_000n }, 'not as it was signed'],
  ] as const)('that shows %s stops all signing', async (_what, change, words) => {
    const { booth, look, include } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    include(await booth.pay(jobId), change);
    const { unexplained } = await look();
    expect(unexplained[0]).toContain(words);
    expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: false, by: 'reconciler' });
  });

  test.each([
    [
      'a memo that nobody reserved',
      { memo: `0x${'c'.repeat(64)}`, value: 30_000n, to: `0x${'1'.repeat(40)}` },
    ],
    ['a fee of a transaction that is not ours', 'nothing'],
  ] as const)('that shows %s stops all signing', async (_what, moved) => {
    const { booth, take, look } = await openBank();
    take(`0x${'d'.repeat(64)}`, moved, 612n);
    booth.clock.now += 61_000;
    expect((await look()).unexplained.length).toBeGreaterThan(0);
    expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: false });
  });

  test('that takes the transaction after its death was proven stops all signing: no chain may do that', async () => {
    const { booth, look, include } = await openBank('does nothing');
    const { jobId } = await booth.accept();
    const job = await booth.pay(jobId);
    booth.clock.now += 61_000;
    expect(await look()).toMatchObject({ dead: 1 });
    include(job);
    expect((await look()).unexplained[0]).toContain('was proven dead before');
    expect(await booth.ledger.control.readSigning()).toMatchObject({ enabled: false });
  });
});
