import { describe, expect, test } from 'vitest';
import { show } from '../../functions/intake/show.ts';
import { sweep } from '../../functions/sweeper/sweep.ts';
import { paymentResolvedSchema } from '../../shared/contracts/event.ts';
import { type Job, moneyOf } from '../../shared/core/job-record.ts';
import { openBank } from './bank.ts';
import { acceptEdit } from './booth.ts';
import { at } from './jobs.ts';

/** Who was told that money is open is told what became of it: once, of each payment. */

type Bank = Awaited<ReturnType<typeof openBank>>;

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
async function later({ booth }: Bank, hours = 1): Promise<void> {
  for (let minute = 0; minute < 60 * hours; minute += 1) {
    booth.clock.now += 60_000;
    await sweep(booth.process().ports);
    for (const { jobId } of booth.queued.splice(0)) await booth.turn(jobId);
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
    expect(job).toMatchObject({ status: 'unresolved', uploads: [{ money: 'none', resolved: true }] });
    expect(booth.resolutions).toMatchObject([
      { jobId: job.jobId, outcome: 'dead', amountAtomic: '0', upload: uploadOf(bank).jobId },
    ]);
    expect(booth.resolutions[0]).not.toHaveProperty('nonce');
  });
});
