import { describe, expect, test } from 'vitest';
import { jobEnded } from '../../functions/announce.ts';
import { endReadings } from '../../functions/end-readings.ts';
import { resultOf, summaryOf } from '../../functions/intake/line-result.ts';
import { show } from '../../functions/intake/show.ts';
import { pay } from '../../functions/payer/pay.ts';
import type { Payer } from '../../functions/payer/payer.ts';
import { sweep } from '../../functions/sweeper/sweep.ts';
import { paymentResolvedSchema } from '../../shared/contracts/event.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { openBank } from './bank.ts';
import { acceptEdit, openBooth, webp } from './booth.ts';
import { at, happened, jobAfter, newJob, stages } from './jobs.ts';

/** Who was told that money is open is told what became of it: once, of each payment. */

type Bank = Awaited<ReturnType<typeof openBank>>;

const claimed = { success: true, transaction: '0xfeed', network: 'eip155:8453' };

/** Of the answers to what is paid for at these paths, the settlement is missing. */
function withoutSettlement({ booth }: Bank, isOne: (path: string) => boolean): void {
  const pay = booth.seller.pay;
  booth.seller.pay = async (path, ...rest) => {
    const answer = await pay(path, ...rest);
    if ('unknown' in answer || !isOne(path)) return answer;
    const { settlement: _settlement, ...bare } = answer;
    return bare;
  };
}

/** Hours, in which the sweeper brings every job that is due. */
async function later(
  { booth }: Pick<Bank, 'booth'>,
  hours = 1,
  turn: (jobId: string) => Promise<void> = (jobId) => booth.turn(jobId),
): Promise<void> {
  for (let minute = 0; minute < 60 * hours; minute += 1) {
    booth.clock.now += 60_000;
    await sweep(booth.process().ports);
    for (const { jobId } of booth.queued.splice(0)) await turn(jobId);
  }
}

const uploadOf = ({ booth }: Bank): Job => {
  const upload = booth.ledger.jobs().find(({ source }) => source !== undefined);
  if (!upload) throw new Error('There is no upload.');
  return upload;
};

describe('a picture whose answer says nothing of the settlement', () => {
  test.each(['settled', 'dead'] as const)('and that is %s in the end', async (outcome) => {
    const bank = await openBank(outcome === 'dead' ? 'makes a job and does not settle' : 'honest');
    const { booth, look, catchUp, settle } = bank;
    withoutSettlement(bank, () => true);
    const job = await booth.finish((await booth.accept()).jobId);
    expect(booth.events).toMatchObject([{ status: 'delivered', money: 'open' }]);
    expect(job).not.toHaveProperty('dueAt');
    booth.clock.now += 400_000;
    catchUp();
    if (outcome === 'settled') settle(job);
    await look();
    await later(bank);
    expect(booth.resolutions).toMatchObject([{ jobId: job.jobId, outcome, nonce: job.purchase?.nonce }]);
    expect(booth.events).toHaveLength(1);
    expect(await booth.read(job.jobId)).not.toHaveProperty('dueAt');
  });

  test('is told of no more where it was called paid', async () => {
    const bank = await openBank();
    const job = await bank.booth.finish((await bank.booth.accept()).jobId);
    bank.catchUp();
    bank.settle(job);
    expect(await bank.look()).toMatchObject({ settled: 1 });
    await later(bank);
    expect(bank.booth.resolutions).toEqual([]);
  });
});

describe('a place for a file', () => {
  test('whose answer says nothing of the settlement is asked about until a final block shows it', async () => {
    const bank = await openBank();
    const { booth, look, catchUp, settle } = bank;
    withoutSettlement(bank, (path) => path === '/api/upload');
    const { jobId } = await booth.finish((await acceptEdit(booth)).jobId);
    const upload = uploadOf(bank);
    expect(booth.events).toMatchObject([
      { status: 'delivered', money: 'open', uploads: [{ jobId: upload.jobId, money: 'open' }] },
    ]);
    await later(bank);
    expect(moneyOf(await booth.read(jobId))).toBe('open');
    catchUp();
    settle(upload);
    settle(await booth.read(jobId));
    await look();
    await later(bank);
    expect(booth.resolutions).toEqual([
      {
        id: expect.any(String),
        jobId,
        caller: expect.any(String),
        status: 'delivered',
        outcome: 'settled',
        at: expect.any(String),
        amountAtomic: '10000',
        nonce: upload.purchase?.nonce,
        transaction: expect.any(String),
        upload: upload.jobId,
      },
    ]);
    expect(paymentResolvedSchema.parse(booth.resolutions[0])).toEqual(booth.resolutions[0]);
    const job = await booth.read(jobId);
    expect(job).not.toHaveProperty('dueAt');
    expect(await show(booth.ports.pictures, job)).toMatchObject({
      money: 'spent',
      uploads: [{ jobId: upload.jobId, amountAtomic: '10000', money: 'spent' }],
    });
  });

  test.each([
    ['settled', 'spent', 'settles and makes no job'],
    ['dead', 'none', 'does nothing'],
  ] as const)('whose answer was lost: %s', async (outcome, money, manner) => {
    const bank = await openBank();
    const { booth, look, catchUp, settle } = bank;
    booth.seller.uploadManner = manner;
    const { jobId } = await booth.finish((await acceptEdit(booth)).jobId);
    expect(booth.events).toMatchObject([{ status: 'unresolved', money: 'open' }]);
    booth.clock.now += 400_000;
    catchUp();
    const upload = uploadOf(bank);
    if (outcome === 'settled') settle(upload);
    await look();
    await later(bank);
    expect(booth.resolutions).toMatchObject([
      { jobId, outcome, nonce: upload.purchase?.nonce, upload: upload.jobId },
    ]);
    const job = await booth.read(jobId);
    expect([job.status, moneyOf(job)]).toEqual(['unresolved', money]);
    expect(job).not.toHaveProperty('dueAt');
  });

  test('that nothing was signed for in the end, though the job ended before that was known', async () => {
    const bank = await openBank();
    const { booth } = bank;
    booth.ports.wallet.signTypedData = () => Promise.reject(new Error('the key is gone'));
    const accepted = await acceptEdit(booth);
    await booth.turn(accepted.jobId).catch(() => {});
    booth.clock.now = at(1800);
    await later(bank);
    const job = await booth.read(accepted.jobId);
    expect(job).toMatchObject({ status: 'unresolved', uploads: [{ money: 'none', resolution: 'told' }] });
    expect(booth.resolutions).toMatchObject([
      { jobId: job.jobId, outcome: 'dead', amountAtomic: '0', upload: uploadOf(bank).jobId },
    ]);
    expect(booth.resolutions[0]).not.toHaveProperty('nonce');
  });
});

describe('an upload that was about to begin when its job ended', () => {
  test('does not begin: nothing is signed, and the end says so', async () => {
    const { booth } = await openBank();
    const { jobId } = await acceptEdit(booth);
    booth.clock.now = at(1799);
    const read = booth.ports.files.read;
    let reads = 0;
    booth.ports.files.read = async (...args: Parameters<typeof read>) => {
      const given = await read(...args);
      reads += 1;
      // The first payer is about to begin the upload, when a second delivery finds the deadline passed.
      if (reads === 2) {
        booth.clock.now = at(1801);
        await booth.turn(jobId);
      }
      return given;
    };
    await booth.turn(jobId).catch(() => {});
    expect(booth.events).toMatchObject([{ status: 'refused', money: 'none' }]);
    expect(booth.ledger.jobs()).toHaveLength(1);
    expect(booth.signatures).toEqual([]);
    for (const { held } of Object.values(booth.ledger.budgets())) expect(held).toBe(0);
  });
});

describe('what is known of its own payment at the end, while a place is open', () => {
  test('settled: the event names the transaction, and it is not told again', async () => {
    const bank = await openBank();
    const { booth, look, catchUp, settle } = bank;
    withoutSettlement(bank, (path) => path === '/api/upload');
    booth.seller.uploadManner = 'honest';
    booth.seller.manner = 'settles and makes no job';
    const { jobId } = await acceptEdit(booth);
    await booth.turn(jobId);
    // A final block shows the job's own payment, not yet the place's.
    catchUp();
    settle(await booth.read(jobId));
    await look();
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({ status: 'undelivered', proof: { state: 'settled' } });
    expect(job.uploads).toMatchObject([{ money: 'open' }]);
    expect.soft(booth.events[0]?.payment?.transaction).toBe(job.proof?.transaction);
    booth.clock.now += 400_000;
    catchUp();
    await look();
    await later(bank);
    expect.soft(booth.resolutions.map(({ upload }) => upload)).toEqual([uploadOf(bank).jobId]);
  });

  test('dead: JobUnpaid said so, and it is not told again', async () => {
    const bank = await openBank();
    const { booth, look, catchUp } = bank;
    withoutSettlement(bank, (path) => path === '/api/upload');
    booth.seller.uploadManner = 'honest';
    booth.seller.manner = 'does nothing';
    const { jobId } = await acceptEdit(booth);
    await booth.turn(jobId);
    booth.clock.now += 400_000;
    catchUp();
    await look();
    const job = await booth.finish(jobId);
    expect(job.status).toBe('unpaid');
    await later(bank);
    expect(booth.resolutions.map(({ upload }) => upload)).toEqual([uploadOf(bank).jobId]);
  });
});

describe('the event of an end that is repeated says the same', () => {
  test('when what the seller called settled is proven dead in between', () => {
    const { delivered } = stages();
    const before = jobEnded(delivered, 'pictures');
    expect(before.money).toBe('spent');
    expect(jobEnded(jobAfter(delivered, happened.proven('dead')), 'pictures')).toEqual(before);
  });

  test('when a final block shows another transaction than the seller named', () => {
    const { delivered } = stages();
    const before = jobEnded(delivered, 'pictures');
    const proven = happened.proven('settled');
    if (proven.type !== 'proven') throw new Error('no proof');
    const other = { ...proven, proof: { ...proven.proof, transaction: '0xbeef' } };
    expect(jobEnded(jobAfter(delivered, other), 'pictures')).toEqual(before);
  });

  test('when the answer, with its settlement, comes after the end', () => {
    const { unresolved } = stages();
    const before = jobEnded(unresolved, 'pictures');
    const late = jobAfter(unresolved, happened.submitted('cmn1234567890', 1801));
    expect(jobEnded(late, 'pictures')).toEqual(before);
  });

  test.each([
    ['another transaction', { ...claimed, transaction: '0xbeef' }],
    ['no success', { ...claimed, success: false, transaction: '' }],
  ])('when a second answer, with %s, comes after the end', (_name, settlement) => {
    const { authorized } = stages();
    const unresolved = jobAfter(
      authorized,
      { type: 'unsettled', evidence: 'status 500', settlement: claimed, at: at(3) },
      { type: 'sending', leaseUntil: at(40), at: at(10) },
      happened.unresolved(),
    );
    const before = jobEnded(unresolved, 'pictures');
    expect(before).toMatchObject({ money: 'spent', payment: { transaction: '0xfeed' } });
    const late = jobAfter(unresolved, {
      type: 'submitted',
      sellerJobId: 'cmn1234567890',
      settlement,
      at: at(1801),
    });
    expect(jobEnded(late, 'pictures')).toEqual(before);
  });
});

describe('the results of a manifest', () => {
  test('agree with its summary when a line was open at its end and is known by now', () => {
    const job = newJob({ manifest: { id: 'm', line: 1 } });
    const settled = jobAfter(
      stages(job).unresolved,
      happened.announced(1801),
      happened.proven('settled', 1900),
    );
    const { openAtomic, spentAtomic } = summaryOf([settled], 'm');
    expect([spentAtomic, openAtomic]).toEqual(['30000', '0']);
    expect(resultOf(settled, { line: 1 }, 'pictures')).toMatchObject({
      money: 'spent',
      cost: { transaction: '0xfeed' },
    });
  });

  test('a line does not call itself open when all its parts are known', () => {
    const job = newJob({ manifest: { id: 'm', line: 1 } });
    const uploads = [{ reference: 'x', jobId: job.jobId, amountAtomic: '10000', money: 'open' as const }];
    const ended = jobAfter({ ...job, references: ['x'], uploads }, happened.refused());
    const known = jobAfter(ended, happened.announced(), {
      type: 'uploadsAsked',
      uploads: uploads.map((one) => ({ ...one, money: 'spent' as const, resolution: 'owed' as const })),
      at: at(20),
    });
    const { money, uploads: parts } = resultOf(known, { line: 1 }, 'pictures');
    expect([money, parts?.map((one) => one.money)]).toEqual(['spent', ['spent']]);
  });
});

describe('a place that a request names twice', () => {
  test('is in the event of an end by the deadline once', async () => {
    const bank = await openBank();
    const { booth } = bank;
    booth.ports.wallet.signTypedData = () => Promise.reject(new Error('the key is gone'));
    booth.files.set('allowed-bucket/copy.webp', webp);
    const twice = ['s3://allowed-bucket/kite.webp', 's3://allowed-bucket/copy.webp'];
    const { jobId } = await acceptEdit(booth, twice);
    await booth.turn(jobId).catch(() => {});
    booth.clock.now = at(1801);
    await booth.turn(jobId).catch(() => {});
    expect(booth.events[0]?.uploads).toHaveLength(1);
  });
});

describe('a payment that the seller called settled and a final block shows dead', () => {
  test('is told of where the job was announced open because of its place', async () => {
    const bank = await openBank();
    const { booth, look, catchUp, settle } = bank;
    withoutSettlement(bank, (path) => path === '/api/upload');
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(booth.events).toMatchObject([
      { status: 'delivered', money: 'open', payment: { transaction: '0xfeed' } },
    ]);
    catchUp();
    settle(uploadOf(bank));
    await look();
    booth.clock.now += 400_000;
    catchUp();
    await look();
    await later(bank);
    expect((await booth.read(job.jobId)).proof?.state).toBe('dead');
    expect(booth.resolutions.map(({ upload, outcome }) => [upload ?? 'own', outcome])).toEqual([
      ['own', 'dead'],
      [uploadOf(bank).jobId, 'settled'],
    ]);
  });
});

describe('PaidNotDelivered', () => {
  test('is counted once where the seller called the own payment settled and a place was open', async () => {
    const bank = await openBank();
    const { booth, look, catchUp, settle } = bank;
    booth.seller.uploadManner = 'honest';
    booth.seller.manner = 'settles and makes no job';
    withoutSettlement(bank, (path) => path === '/api/upload');
    const seller = booth.seller.pay;
    // A 500 that says that it is settled.
    booth.seller.pay = async (...payment) => {
      const answer = await seller(...payment);
      return 'unknown' in answer ? { ...answer, settlement: claimed } : answer;
    };
    const counted: string[] = [];
    const turn = async (jobId: string) => {
      const { ports, run } = booth.process();
      const watch: Payer['watch'] = (job, announced) =>
        counted.push(...endReadings(job, announced).map(([{ name }]) => name));
      await pay({ ...ports, watch }, jobId, run);
    };
    const { jobId } = await acceptEdit(booth);
    await turn(jobId);
    await later(bank, 1, turn);
    expect(await booth.read(jobId)).toMatchObject({
      status: 'unresolved',
      settlement: { success: true },
      uploads: [{ money: 'open' }],
    });

    // Of the place tells a block in which the own payment could still be settled.
    catchUp(2, uploadOf(bank).purchase?.firstSentAt);
    settle(uploadOf(bank));
    await look();
    await later(bank, 2, turn);
    catchUp();
    settle(await booth.read(jobId));
    await look();
    await later(bank, 2, turn);
    expect(booth.resolutions.map(({ upload }) => upload)).toEqual([uploadOf(bank).jobId, undefined]);
    expect(counted.filter((name) => name === 'PaidNotDelivered')).toEqual(['PaidNotDelivered']);
  });

  test('is not counted where the seller called it settled, and a final block shows it dead', () => {
    const job = newJob({ references: ['x'] });
    const { authorized } = stages(job);
    const uploads = [{ reference: 'x', jobId: job.jobId, amountAtomic: '10000', money: 'open' as const }];
    const ended = jobAfter(
      { ...authorized, uploads },
      { type: 'unsettled', evidence: 'status 500', settlement: claimed, at: at(3) },
      happened.unresolved(),
      happened.announced(1801),
      {
        type: 'uploadsAsked',
        uploads: [{ ...uploads[0], amountAtomic: '0', money: 'none', resolution: 'owed' } as never],
        at: at(1900),
      },
    );
    const first = endReadings(ended, 'resolution');
    const known = jobAfter(
      ended,
      { type: 'resolutionAnnounced', at: at(1901) },
      happened.proven('dead', 2000),
    );
    expect(moneyOf(known)).toBe('none');
    expect([...first, ...endReadings(known, 'resolution')]).toEqual([]);
  });
});

describe('where no chain is read', () => {
  test('a job whose place is open is not asked about for ever', async () => {
    const booth = openBooth();
    booth.seller.uploadManner = 'settles and makes no job';
    const { jobId } = await booth.finish((await acceptEdit(booth)).jobId);
    expect(booth.events).toMatchObject([{ status: 'unresolved', money: 'open' }]);
    await later({ booth }, 8 * 24);
    const job = await booth.read(jobId);
    expect(job).not.toHaveProperty('dueAt');
    expect([moneyOf(job), booth.resolutions]).toEqual(['open', []]);
  });
});
