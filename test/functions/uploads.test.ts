import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sweep } from '../../functions/sweeper/sweep.ts';
import { moneyOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { challengeOf, offer } from '../core/offers.ts';
import { acceptEdit, type Booth, openBooth, webp } from './booth.ts';
import { caller, jobAfter, newJob, stages } from './jobs.ts';

const uploadsOf = (booth: Booth): Job[] => booth.ledger.jobs().filter(({ source }) => source !== undefined);

describe('a request that names a file', () => {
  test('is sent with the address of a place that was bought for it: two purchases, one authorization each', async () => {
    const booth = openBooth();
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job.status).toBe('delivered');
    const [address] = booth.seller.files.keys();
    expect(JSON.parse(job.sent ?? '')).toEqual({ prompt: 'a kite, at night', images: [address] });
    expect(booth.seller.made.map(({ body }) => body)).toEqual([job.sent]);
    expect(booth.seller.files.get(address ?? '')).toEqual(webp);
    expect([booth.seller.settlements.size, booth.signatures.length]).toEqual([2, 2]);
    const [upload] = uploadsOf(booth);
    expect(upload).toMatchObject({ status: 'delivered', forJobId: job.jobId, blobUrl: address });
    expect(upload).not.toHaveProperty('leave');
    expect(booth.events).toMatchObject([
      { jobId: job.jobId, uploads: [{ jobId: upload?.jobId, amountAtomic: '10000', money: 'spent' }] },
    ]);
  });

  test.each([
    ['the file of whoever began to upload it is gone', false],
    ['whoever began to upload it was stopped', true],
  ])('is bought a place anew when %s', async (_why, isStopped) => {
    const booth = openBooth();
    const theirs = 's3://allowed-bucket/a-copy.webp';
    booth.files.set('allowed-bucket/a-copy.webp', webp);
    const first = await acceptEdit(booth, [theirs]);
    booth.seller.failingPuts = 2;
    await booth.pay(first.jobId, undefined, 20_000);
    const mine = await acceptEdit(booth, undefined, { caller: 'AIDAANOTHER' });
    await booth.pay(mine.jobId, undefined, 1_000);
    booth.files.delete('allowed-bucket/a-copy.webp');
    const scope = `caller:${caller}`;
    if (isStopped)
      await booth.ledger.control.writeSwitch({ scope, enabled: false, reason: 'x', by: 'x', at: 0 });
    const job = await booth.finish(mine.jobId);
    expect(job).toMatchObject({ status: 'delivered', uploads: [{ money: 'spent', amountAtomic: '10000' }] });
    expect(uploadsOf(booth).map(({ forCaller }) => forCaller)).toEqual([caller, 'AIDAANOTHER']);
  });

  test('of a delivered job and of an upload of the caller are found where they lie', async () => {
    const booth = openBooth();
    const { delivered } = stages();
    booth.ledger.put(delivered);
    booth.objects.set(delivered.asset?.key ?? '', { bytes: webp, contentType: 'image/webp' });
    const uploadId = randomUUID();
    booth.uploads.set(uploadId, {
      uploadId,
      caller,
      key: `uploads/${uploadId}`,
      contentType: 'image/webp',
      bytes: webp.length,
      expiresAt: 2_000_000_000,
    });
    booth.objects.set(`uploads/${uploadId}`, { bytes: webp, contentType: 'image/webp' });
    const references = [delivered.jobId, `upload:${uploadId}`, 'https://example.org/kite.png'];
    const job = await booth.finish((await acceptEdit(booth, references)).jobId);
    const { images } = JSON.parse(job.sent ?? '{}') as { images: string[] };
    expect(images).toEqual([images[0], images[0], 'https://example.org/kite.png']);
    expect(uploadsOf(booth)).toHaveLength(1);
  });

  test('twice in one request, and again in another job: one place is bought, by the first', async () => {
    const booth = openBooth();
    booth.files.set('allowed-bucket/copy.webp', webp);
    const twice = ['s3://allowed-bucket/kite.webp', 's3://allowed-bucket/copy.webp'];
    await booth.finish((await acceptEdit(booth, twice)).jobId);
    expect(booth.events.at(-1)?.uploads).toMatchObject([{ amountAtomic: '10000', money: 'spent' }]);
    const second = await booth.finish((await acceptEdit(booth)).jobId);
    expect(second.status).toBe('delivered');
    expect(second.uploads).toMatchObject([{ amountAtomic: '0', money: 'none' }]);
    expect([uploadsOf(booth).length, booth.seller.settlements.size]).toEqual([1, 3]);
    expect(booth.events.at(-1)?.uploads).toEqual([]);
  });

  test('whose place the seller keeps no longer is bought another', async () => {
    const booth = openBooth();
    await booth.finish((await acceptEdit(booth)).jobId);
    booth.clock.now += 86_400_000;
    const later = await booth.finish((await acceptEdit(booth)).jobId);
    expect(later.uploads).toMatchObject([{ amountAtomic: '10000', money: 'spent' }]);
    expect(uploadsOf(booth).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  test('that is needed every day is bought a place every day, and found without a look at every day before', async () => {
    const booth = openBooth();
    for (let day = 1; day <= 70; day += 1) {
      expect(await booth.finish((await acceptEdit(booth)).jobId)).toMatchObject({ status: 'delivered' });
      expect(await booth.finish((await acceptEdit(booth)).jobId)).toMatchObject({ status: 'delivered' });
      expect(uploadsOf(booth)).toHaveLength(day);
      booth.clock.now += 86_400_000;
    }
    let reads = 0;
    const { jobId } = await acceptEdit(booth);
    await booth.pay(jobId, async (name) => {
      if (name === 'ledger.read') reads += 1;
      return undefined;
    });
    expect(reads).toBeLessThan(60);
  });

  test.each([
    ['a public host', undefined],
    ['a host that the pin of results does not list', ['https://pictures.test']],
  ])('whose place is gone from %s is bought another', async (_name, pictureOrigins) => {
    const booth = openBooth({}, { pictureOrigins });
    await booth.finish((await acceptEdit(booth)).jobId);
    await booth.finish((await acceptEdit(booth)).jobId);
    expect(uploadsOf(booth)).toHaveLength(1);
    booth.seller.files.clear();
    expect((await booth.finish((await acceptEdit(booth)).jobId)).status).toBe('delivered');
    expect(uploadsOf(booth)).toHaveLength(2);
  });
});

describe('nothing is bought, not even a place', () => {
  const files: Record<string, Buffer> = {
    'text.webp': Buffer.from('a kite, in words'),
    'large.webp': Buffer.concat([webp, Buffer.alloc(21 * 1024 * 1024)]),
    'empty.webp': Buffer.alloc(0),
  };
  test.each([
    ['for an object that is not there', ['s3://allowed-bucket/gone.webp'], /gone\.webp is not there/],
    ['for an empty object', ['s3://allowed-bucket/empty.webp'], /is not there/],
    ['for bytes that are no picture', ['s3://allowed-bucket/text.webp'], /neither PNG, JPEG nor WebP/],
    ['for a file that is too long', ['s3://allowed-bucket/large.webp'], /longer than 20971520/],
    ['for a bucket that is not listed', ['s3://another-bucket/kite.webp'], /not allow-listed/],
    ['for a job that nobody has', [randomUUID()], /no delivered picture of yours/],
    ['for an upload that nobody has', [`upload:${randomUUID()}`], /no upload of yours/],
    [
      'when one of several is missing',
      ['s3://allowed-bucket/kite.webp', 's3://allowed-bucket/gone.webp'],
      /gone/,
    ],
  ])('%s', async (_name, images, words) => {
    const booth = openBooth();
    for (const [name, bytes] of Object.entries(files)) booth.files.set(`allowed-bucket/${name}`, bytes);
    const job = await booth.finish((await acceptEdit(booth, images)).jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'InputInvalid' } } });
    expect(job.end?.reason?.message).toMatch(words);
    expect([booth.signatures.length, booth.seller.headers.length, moneyOf(job)]).toEqual([0, 0, 'none']);
  });

  test("for somebody else's picture or upload", async () => {
    const booth = openBooth();
    const { delivered } = stages(newJob({ caller: 'AIDAANOTHER' }));
    booth.ledger.put(delivered);
    booth.objects.set(delivered.asset?.key ?? '', { bytes: webp, contentType: 'image/webp' });
    const job = await booth.finish((await acceptEdit(booth, [delivered.jobId])).jobId);
    expect(job.status).toBe('refused');
    expect(booth.signatures).toEqual([]);
  });

  test('when the main purchase would be too dear anyway', async () => {
    const booth = openBooth();
    booth.seller.quotes.push({ challenge: challengeOf(offer({ amount: '50000' })) });
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'PaymentRefused' } } });
    expect(booth.signatures).toEqual([]);
  });

  test("when all together is more than the caller's own limit", async () => {
    const booth = openBooth();
    const { jobId } = await acceptEdit(booth, undefined, { maxPriceAtomic: '39999' });
    const job = await booth.finish(jobId);
    expect(job.end?.reason?.message).toBe(
      'The seller asks $0.03; the ceiling for this request is $0.029999.',
    );
    expect(booth.signatures).toEqual([]);
    const enough = await acceptEdit(booth, undefined, { maxPriceAtomic: '40000' });
    expect((await booth.finish(enough.jobId)).status).toBe('delivered');
  });

  test('when the settings name no place for uploads', async () => {
    const booth = openBooth({}, { uploads: undefined });
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'InputInvalid' } } });
    expect(booth.signatures).toEqual([]);
  });

  test('when it is cancelled before', async () => {
    const booth = openBooth();
    const job = await acceptEdit(booth);
    booth.ledger.put(jobAfter(job, { type: 'cancelled', at: booth.clock.now }));
    expect(await booth.finish(job.jobId)).toMatchObject({
      status: 'refused',
      end: { reason: { name: 'Cancelled' } },
    });
    expect(booth.signatures).toEqual([]);
  });
});

describe('a place that was paid for', () => {
  test('and a main purchase that is then refused end undelivered, with what was spent', async () => {
    const booth = openBooth();
    booth.seller.quotes.push(
      { challenge: challengeOf(offer()) },
      { challenge: challengeOf(offer({ amount: '90000' })) },
    );
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job).toMatchObject({ status: 'undelivered', end: { reason: { name: 'PaymentRefused' } } });
    expect(booth.events).toMatchObject([
      { status: 'undelivered', money: 'spent', retryCanHelp: false, uploads: [{ amountAtomic: '10000' }] },
    ]);
    expect(booth.events[0]).not.toHaveProperty('payment');
  });

  test('is put again when the host fails, and confirmed', async () => {
    const booth = openBooth();
    booth.seller.failingPuts = 2;
    expect((await booth.finish((await acceptEdit(booth)).jobId)).status).toBe('delivered');
    expect(booth.seller.settlements.size).toBe(2);
  });

  test('is put while there is leave to, when the host is down for longer than an invocation', async () => {
    const booth = openBooth();
    const { jobId } = await acceptEdit(booth);
    const up = booth.clock.now + 120_000;
    const put = booth.seller.putFile;
    booth.seller.putFile = async (...args) =>
      booth.clock.now < up ? { unavailable: 'the blob host answers 500' } : put(...args);
    await booth.turn(jobId);
    expect(uploadsOf(booth)).toMatchObject([{ status: 'submitted' }]);
    // What comes to it from here on, the sweeper brings.
    for (let minute = 0; minute < 10 && !(await booth.read(jobId)).end; minute += 1) {
      booth.clock.now += 60_000;
      await sweep(booth.process().ports);
      for (const queued of booth.queued.splice(0)) await booth.turn(queued.jobId);
    }
    expect(uploadsOf(booth)).toMatchObject([{ status: 'delivered' }]);
    expect((await booth.read(jobId)).status).toBe('delivered');
  });

  test('is lost when it cannot be used in time, and the job ends with what it cost', async () => {
    const booth = openBooth();
    booth.seller.failingPuts = 1000;
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job).toMatchObject({ status: 'undelivered', uploads: [{ money: 'spent' }] });
    expect(uploadsOf(booth)).toMatchObject([{ status: 'undelivered' }]);
    expect(booth.seller.settlements.size).toBe(1);
    booth.seller.failingPuts = 0;
    const again = await booth.finish((await acceptEdit(booth)).jobId);
    expect([again.status, uploadsOf(booth).length]).toEqual(['delivered', 2]);
  });

  test.each([
    ['that ended before time began', -1, 0],
    ['without end', Date.UTC(9999), 3_600_000],
  ])('is lost within an hour, with a leave %s, and its row can be read', async (_name, expiresAt, most) => {
    const booth = openBooth();
    const pay = booth.seller.pay;
    booth.seller.pay = async (...payment) => {
      const answer = await pay(...payment);
      return 'leave' in answer && answer.leave
        ? { ...answer, leave: { ...answer.leave, expiresAt } }
        : answer;
    };
    booth.seller.failingPuts = Number.POSITIVE_INFINITY;
    await booth.turn((await acceptEdit(booth)).jobId);
    const paid = uploadsOf(booth)[0]?.jobId ?? '';
    const { submittedAt = 0 } = await booth.read(paid);
    booth.clock.now = Math.max(booth.clock.now, submittedAt + most);
    expect(await booth.pay(paid)).toMatchObject({ status: 'undelivered' });
  });

  test('is lost when its file changed meanwhile: other bytes are never put in its place', async () => {
    const booth = openBooth();
    booth.seller.failingPuts = 1;
    const { jobId } = await acceptEdit(booth);
    const put = booth.seller.putFile;
    booth.seller.putFile = (...args) => {
      booth.files.set('allowed-bucket/kite.webp', Buffer.concat([webp, Buffer.from('x')]));
      return put(...args);
    };
    expect((await booth.finish(jobId)).status).toBe('undelivered');
    expect(booth.seller.files.size).toBe(0);
  });
});

describe('a place whose answer was lost', () => {
  test('leaves the job open with its money, and no other is bought for these bytes while it is', async () => {
    const booth = openBooth();
    booth.seller.uploadManner = 'loses its answer';
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job).toMatchObject({ status: 'unresolved', uploads: [{ money: 'open' }] });
    booth.seller.uploadManner = 'honest';
    const again = await booth.finish((await acceptEdit(booth)).jobId);
    expect(again).toMatchObject({ status: 'refused', end: { reason: { name: 'InputInvalid' } } });
    expect(again.end?.reason?.message).toContain('still open');
    expect([booth.seller.settlements.size, new Set(booth.seller.headers).size]).toEqual([1, 1]);
  });

  test('to a request for a picture, or the reverse, is an answer to another kind of request', async () => {
    const booth = openBooth();
    const pay = booth.seller.pay;
    booth.seller.pay = async (path, ...rest) => {
      const answer = await pay(path, ...rest);
      if ('unknown' in answer) return answer;
      const { leave: _leave, ...job } = answer;
      return path === '/api/upload' ? job : answer;
    };
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job).toMatchObject({ status: 'undelivered', uploads: [{ money: 'spent' }] });
    expect(uploadsOf(booth)).toMatchObject([{ status: 'unresolved' }]);
    expect(booth.seller.files.size).toBe(0);
  });
});
