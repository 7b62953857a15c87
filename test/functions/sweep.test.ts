import { expect, test } from 'vitest';
import { sweep } from '../../functions/sweeper/sweep.ts';
import { evolve } from '../../shared/core/evolve.ts';
import { openBooth } from './booth.ts';
import { at, caller, happened, jobAfter, newJob, stages, timings } from './jobs.ts';

test('what is overdue goes back to the queue under its caller, and is due again later', async () => {
  const booth = openBooth();
  const { jobId } = await booth.accept();
  const early = await booth.accept({ now: at(500), caller: 'AIDAANOTHER' });
  booth.clock.now = at(60);
  expect(await sweep(booth.process().ports)).toBe(1);
  expect(booth.queued).toEqual([{ jobId, group: caller }]);
  expect((await booth.read(jobId)).dueAt).toBe(at(120));
  expect((await booth.read(early.jobId)).dueAt).toBe(early.dueAt);
  expect(await sweep(booth.process().ports)).toBe(0);
  booth.clock.now = at(120);
  expect(await sweep(booth.process().ports)).toBe(1);
});

test.each(Object.entries(stages()))(
  'a job that is %s is brought back until it is finished',
  async (_name, job) => {
    const booth = openBooth();
    booth.ledger.put(job);
    booth.clock.now = job.dueAt ?? Number.NaN;
    expect(await sweep(booth.process().ports)).toBe(1);
    if (!job.end) return;
    booth.ledger.put(jobAfter(job, happened.announced(9_000)));
    booth.clock.now = at(100_000);
    expect(await sweep(booth.process().ports)).toBe(0);
  },
);

test('a finished job is never due again, whatever comes late', () => {
  const finished = jobAfter(newJob(), happened.refused(), happened.announced());
  expect(evolve(finished, { type: 'requeued', at: at(20) }, timings)).toBeUndefined();
});

test('a job that moved on in the meantime is left alone', async () => {
  const booth = openBooth();
  const { jobId } = await booth.accept();
  booth.clock.now = at(60);
  const { ports } = booth.process(async (name) => {
    if (name !== 'ledger.read') return undefined;
    const job = jobAfter(newJob({ jobId }), { type: 'postponed', untilAt: at(600), at: at(59) });
    booth.ledger.put(job);
    return undefined;
  });
  expect(await sweep(ports)).toBe(0);
  expect(booth.queued).toEqual([]);
});

test('a row that cannot be read keeps nobody else waiting, and is not passed over in silence', async () => {
  const booth = openBooth();
  const broken = await booth.accept();
  const sound = await booth.accept({ now: at(1) });
  booth.ledger.edit(`JOB#${broken.jobId}`, { status: 'paid' });
  booth.clock.now = at(100);
  await expect(sweep(booth.process().ports)).rejects.toThrow(`JOB#${broken.jobId}`);
  expect(booth.queued).toEqual([{ jobId: sound.jobId, group: caller }]);
});

test('while the queue is down nothing is put off', async () => {
  const booth = openBooth();
  const { jobId, dueAt } = await booth.accept();
  booth.clock.now = at(60);
  booth.ports.queue.send = async () => {
    throw new Error('the queue is down');
  };
  await expect(sweep(booth.process().ports)).rejects.toThrow('the queue is down');
  expect((await booth.read(jobId)).dueAt).toBe(dueAt);
});
