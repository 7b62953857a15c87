import { describe, expect, test } from 'vitest';
import { pay } from '../../functions/payer/pay.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { challengeOf, offer } from '../core/offers.ts';
import { openBooth, type Watch } from './booth.ts';
import { at, stages } from './jobs.ts';

/** Notes every call; of writes, the status they write. */
function tracing(): { trace: string[]; watch: Watch } {
  const trace: string[] = [];
  const watch: Watch = async (name, [first]) => {
    trace.push(name === 'ledger.write' ? `write ${(first as Job).status}` : name);
    return undefined;
  };
  return { trace, watch };
}

describe('a payment', () => {
  test('is written down before the first byte leaves, and each effect after its permission', async () => {
    const booth = openBooth();
    const { trace, watch } = tracing();
    const job = await booth.pay((await booth.accept()).jobId, watch);
    expect(trace).toEqual([
      'ledger.read',
      'seller.quote',
      'write reserved',
      'ledger.readAuthorization',
      'wallet.signTypedData',
      'run.beforeSending',
      'write authorized',
      'seller.pay',
      'write submitted',
      'workflows.start',
    ]);
    expect(job).toMatchObject({ status: 'submitted', sellerJobId: 'cmn0000000001' });
    expect(moneyOf(job)).toBe('spent');
    expect([...booth.runs]).toEqual([`${job.jobId}-1`]);
  });

  test('that takes minutes is written down as watched; a brisk one when it is overdue', async () => {
    const booth = openBooth();
    const film = await booth.accept({
      offering: 'sora-2/generate',
      body: '{"prompt":"a kite","seconds":"4","size":"1280x720"}',
    });
    expect(await booth.pay(film.jobId)).toMatchObject({ status: 'submitted', workflow: { run: 1 } });

    const { jobId } = await booth.accept();
    const brisk = await booth.pay(jobId);
    expect(brisk).not.toHaveProperty('workflow');
    // Whoever delivers the message once more starts the same run, and writes nothing.
    expect(await booth.pay(jobId)).toEqual(brisk);
    booth.clock.now = brisk.dueAt ?? 0;
    expect(await booth.pay(jobId)).toMatchObject({ workflow: { run: 1, startedAt: brisk.dueAt } });
    expect([...booth.runs]).toEqual([`${film.jobId}-1`, `${jobId}-1`]);
  });

  test('is signed from our own lists, whatever the seller writes around them', async () => {
    const booth = openBooth();
    booth.seller.quotes.push({
      challenge: challengeOf(
        offer({ amount: '1', payTo: '0x9999999999999999999999999999999999999999' }),
        offer({ maxTimeoutSeconds: 86_400, payTo: '0x1111111111111111111111111111111111111111' }),
      ),
    });
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    const [signed] = booth.signatures;
    expect(signed).toMatchObject({
      primaryType: 'TransferWithAuthorization',
      domain: { name: 'USD Coin', version: '2', chainId: 8453 },
      message: { to: '0x1111111111111111111111111111111111111111', value: 30_000n },
    });
    const { validBefore } = (signed as { message: { validBefore: bigint } }).message;
    expect(Number(validBefore) - booth.clock.now / 1000).toBeLessThanOrEqual(300);
  });

  test('goes on from wherever it stopped, and a job that rests is left alone', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    await booth.finish(jobId);
    const before = await booth.read(jobId);
    const { trace, watch } = tracing();
    expect(await booth.pay(jobId, watch)).toEqual(before);
    expect(trace).toEqual(['ledger.read']);
  });

  test('that another delivery is sending is left to it', async () => {
    const booth = openBooth();
    const job = stages().authorized;
    booth.ledger.put(job);
    booth.clock.now = at(31);
    const { trace, watch } = tracing();
    expect(await booth.pay(job.jobId, watch)).toEqual(job);
    expect(trace).toEqual(['ledger.read']);
  });

  test('of a job that is not there does nothing', async () => {
    const { ports, run } = openBooth().process();
    expect(await pay(ports, '00000000-0000-4000-8000-000000000000', run)).toBeUndefined();
  });

  test.each([30, 45, 59, 60, 61, 90, 300, 100_000])(
    'is made in the window of %i s that the seller gives',
    async (maxTimeoutSeconds) => {
      const booth = openBooth();
      const quotes: number[] = [];
      booth.seller.quote = async () => {
        quotes.push(booth.clock.now);
        booth.clock.now += 200;
        return { challenge: challengeOf(offer({ maxTimeoutSeconds })) };
      };
      expect(await booth.pay((await booth.accept()).jobId)).toMatchObject({ status: 'submitted' });
      expect(quotes).toHaveLength(1);
    },
  );

  test('is not begun when the invocation could end before its answer is written down', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId, undefined, 20_000)).toMatchObject({ status: 'reserved' });
    expect(booth.signatures).toEqual([]);
    expect(await booth.pay(jobId)).toMatchObject({ status: 'submitted' });
  });

  test.each([
    ['leaves no time to write the answer down', 30_000, 60_000],
    ['outlives the window that was signed', 295_000, 900_000],
  ])('is not sent when signing takes so long that it %s', async (_what, takes, endsIn) => {
    const booth = openBooth();
    const { signTypedData } = booth.ports.wallet;
    booth.ports.wallet.signTypedData = (definition) => {
      booth.clock.now += takes;
      booth.ports.wallet.signTypedData = signTypedData;
      return signTypedData(definition);
    };
    const { jobId } = await booth.accept();
    const sent: number[] = [];
    await booth.pay(
      jobId,
      async (name) => {
        if (name === 'seller.pay') sent.push(booth.clock.now);
        return undefined;
      },
      endsIn,
    );
    const { purchase } = await booth.read(jobId);
    // What the first signature was for is not sent: the job waits, or was built anew for a later window.
    expect(sent.every((at) => at / 1000 < (purchase?.validBefore ?? 0) - 5)).toBe(true);
    expect(booth.signatures.length - sent.length).toBe(1);
    expect((await booth.finish(jobId)).status).toBe('delivered');
    expect([new Set(booth.seller.headers).size, booth.seller.settlements.size]).toEqual([1, 1]);
  });

  test('of a job whose message could not be hidden is not sent', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    booth.ports.run.beforeSending = async () => {
      throw new Error('the queue is down');
    };
    await expect(booth.pay(jobId)).rejects.toThrow('the queue is down');
    expect(booth.seller.headers).toEqual([]);
    expect((await booth.ledger.readAuthorization(await booth.read(jobId)))?.state).toBe('held');
  });
});

describe('nothing is signed, and the job ends refused at no cost', () => {
  test.each([
    ['a price over the ceiling', offer({ amount: '30001' }), 'PaymentRefused'],
    ['another payee', offer({ payTo: '0x9999999999999999999999999999999999999999' }), 'ChallengeUnsupported'],
    ['another asset', offer({ asset: '0x9999999999999999999999999999999999999999' }), 'ChallengeUnsupported'],
    ['another chain', offer({ network: 'eip155:1' }), 'ChallengeUnsupported'],
    ['a window too short', offer({ maxTimeoutSeconds: 29 }), 'ChallengeUnsupported'],
  ])('%s', async (_name, option, name) => {
    const booth = openBooth();
    booth.seller.quotes.push({ challenge: challengeOf(option) });
    const { jobId } = await booth.accept();
    const job = await booth.pay(jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name } } });
    expect(booth.events).toMatchObject([{ status: 'refused', money: 'none' }]);
    expect([booth.signatures, booth.seller.headers]).toEqual([[], []]);
  });

  test('a quote that the seller refuses', async () => {
    const booth = openBooth();
    const reason = { name: 'ChallengeUnsupported', message: 'It answers 404.' } as const;
    booth.seller.quotes.push({ refused: reason });
    expect(await booth.pay((await booth.accept()).jobId)).toMatchObject({
      status: 'refused',
      end: { reason },
    });
  });

  test('a price that went up before anything was signed, its hold released', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    await booth.pay(jobId, undefined, 20_000);
    booth.clock.now += 280_000;
    booth.seller.quotes.push({ challenge: challengeOf(offer({ amount: '90000' })) });
    const job = await booth.pay(jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'PaymentRefused' } } });
    expect(await booth.ledger.readAuthorization(job)).toMatchObject({ state: 'dead' });
  });
});

describe('what is down is left alone for a while, and asked again', () => {
  test.each([
    ['so long as the seller says', 120, 120],
    ['a while of our own', undefined, 15],
  ])('a seller, %s', async (_name, retryAfterSeconds, seconds) => {
    const booth = openBooth();
    booth.seller.quotes.push({ unavailable: 'It answers 503.', retryAfterSeconds });
    const { jobId } = await booth.accept();
    const job = await booth.pay(jobId);
    expect(job).toMatchObject({ status: 'accepted', waitUntil: booth.clock.now + seconds * 1000 });
    expect(job.dueAt).toBe(job.waitUntil);
    booth.clock.now += seconds * 1000;
    expect(await booth.pay(jobId)).toMatchObject({ status: 'submitted' });
  });

  test('a signer: the hold stays, and one signature is made', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    const { signTypedData } = booth.ports.wallet;
    booth.ports.wallet.signTypedData = async () => {
      throw new CoinboothError('SignerUnavailable', 'KMS does not sign now.');
    };
    const job = await booth.pay(jobId);
    expect(job).toMatchObject({ status: 'reserved', waitUntil: booth.clock.now + 15_000 });
    booth.ports.wallet.signTypedData = signTypedData;
    booth.clock.now += 15_000;
    expect(await booth.pay(jobId)).toMatchObject({ status: 'submitted' });
    expect(booth.signatures).toHaveLength(1);
  });

  test('a signer that fails for any other reason is a defect, and nothing is sent', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    booth.ports.wallet.signTypedData = async () => {
      throw new Error('The signature does not belong to us.');
    };
    await expect(booth.pay(jobId)).rejects.toThrow('does not belong');
    expect(booth.seller.headers).toEqual([]);
  });
});

describe('a lost job id', () => {
  test('is found in the seller’s list, without a second send', async () => {
    const booth = openBooth();
    booth.seller.manner = 'loses its answer';
    const job = await booth.pay((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'submitted', sellerJobId: 'cmn0000000001' });
    expect([booth.seller.headers.length, booth.signatures.length]).toEqual([1, 1]);
  });

  test('is not found in somebody else’s picture, nor in one made before we sent', async () => {
    const booth = openBooth();
    booth.seller.manner = 'does nothing';
    booth.seller.made.push(
      { sellerJobId: 'cmnanother001', body: '{"prompt":"a boat"}', createdAt: booth.clock.now + 1_000 },
      { sellerJobId: 'cmnearlier001', body: '{"prompt":"a kite"}', createdAt: booth.clock.now - 60_000 },
    );
    expect(await booth.pay((await booth.accept()).jobId)).toMatchObject({ status: 'unsettled' });
  });

  test('is not found in a picture made long after we last sent: that one is another job’s', async () => {
    const booth = openBooth();
    booth.seller.manner = 'does nothing';
    const { jobId } = await booth.accept();
    const body = '{"prompt":"a kite"}';
    const { purchase } = await booth.pay(jobId);
    const lastSentAt = purchase?.lastSentAt ?? 0;
    booth.seller.made.push({ sellerJobId: 'cmnlater00001', body, createdAt: lastSentAt + 120_000 });
    booth.clock.now = lastSentAt + 125_000;
    expect(await booth.pay(jobId)).toMatchObject({ status: 'unsettled' });
    booth.seller.made.push({ sellerJobId: 'cmnmine000001', body, createdAt: lastSentAt + 20_000 });
    booth.clock.now += 61_000;
    expect(await booth.pay(jobId)).toMatchObject({ status: 'submitted', sellerJobId: 'cmnmine000001' });
  });

  test('is found although the list fills in what we left out', async () => {
    const booth = openBooth();
    booth.seller.manner = 'does nothing';
    const body = '{"prompt":"a kite","resolution":"1 MP","output_quality":80}';
    booth.seller.made.push({ sellerJobId: 'cmnechoed0001', body, createdAt: booth.clock.now + 2_000 });
    const job = await booth.pay((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'submitted', sellerJobId: 'cmnechoed0001' });
  });

  test('is looked for even when the list is not given', async () => {
    const booth = openBooth();
    booth.seller.manner = 'loses its answer';
    booth.seller.lists = false;
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId)).toMatchObject({ status: 'unsettled' });
    booth.seller.lists = true;
    booth.clock.now += 61_000;
    expect(await booth.pay(jobId)).toMatchObject({ status: 'submitted' });
  });

  test('belongs to one job: of two alike whose answers are swapped, each ends with its own', async () => {
    const booth = openBooth();
    const [first, second] = [await booth.accept(), await booth.accept()];
    booth.seller.manner = 'loses its answer';
    booth.seller.lists = false;
    await booth.pay(first.jobId);
    booth.seller.manner = 'honest';
    booth.seller.lists = true;
    booth.seller.answerWith = () => 'cmn0000000001';
    const ended = [await booth.finish(second.jobId), await booth.finish(first.jobId)];
    expect(ended.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
    expect(ended.map(({ sellerJobId }) => sellerJobId)).toEqual(['cmn0000000001', 'cmn0000000002']);
  });

  test('belongs to one job: an answer that names another’s is not believed', async () => {
    const booth = openBooth();
    const first = await booth.accept();
    await booth.pay(first.jobId);
    booth.seller.answerWith = () => 'cmn0000000001';
    const second = await booth.accept();
    expect(await booth.finish(second.jobId)).toMatchObject({
      status: 'delivered',
      sellerJobId: 'cmn0000000002',
    });
    expect(await booth.finish(first.jobId)).toMatchObject({
      status: 'delivered',
      sellerJobId: 'cmn0000000001',
    });
  });
});

describe('at its deadline a job ends, and is announced', () => {
  test('refused, the seller having been down all the time', async () => {
    const booth = openBooth();
    booth.seller.quote = async () => ({ unavailable: 'It does not answer.' });
    const job = await booth.finish((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'DeadlinePassed' } } });
    expect(booth.events).toMatchObject([{ status: 'refused', money: 'none', retryCanHelp: true }]);
    expect(booth.clock.now - at(1800)).toBeLessThan(62_000);
  });

  test('refused, the signer having been down all the time, its hold released', async () => {
    const booth = openBooth();
    booth.ports.wallet.signTypedData = async () => {
      throw new CoinboothError('SignerUnavailable', 'KMS does not sign now.');
    };
    const job = await booth.finish((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'DeadlinePassed' } } });
    expect(await booth.ledger.readAuthorization(job)).toMatchObject({ state: 'dead' });
    expect(booth.events).toMatchObject([{ money: 'none' }]);
  });

  test('unresolved, the money open, once something was signed', async () => {
    const booth = openBooth();
    booth.seller.manner = 'settles and makes no job';
    const job = await booth.finish((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'unresolved', end: { reason: { name: 'DeadlinePassed' } } });
    expect(booth.events).toMatchObject([{ status: 'unresolved', money: 'open', retryCanHelp: false }]);
    expect([booth.signatures.length, new Set(booth.seller.headers).size]).toEqual([1, 1]);
    expect(booth.seller.headers.length).toBeLessThanOrEqual(3);
    expect(await booth.ledger.readAuthorization(job)).toMatchObject({ state: 'live' });
  });

  test('unresolved, the picture never having been finished', async () => {
    const booth = openBooth();
    booth.seller.sighting = () => ({ state: 'running' });
    const job = await booth.finish((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'unresolved', workflow: { run: 2 } });
    expect(booth.events).toMatchObject([{ status: 'unresolved', money: 'spent', retryCanHelp: false }]);
  });
});
