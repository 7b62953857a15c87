import { describe, expect, test } from 'vitest';
import { announce, jobEnded } from '../../functions/announce.ts';
import { record } from '../../functions/record.ts';
import { openBooth } from './booth.ts';
import { happened, heldFor, jobAfter, newJob, stages } from './jobs.ts';

/** A booth in which somebody else wrote since `before` was read. */
function overtaken(name: 'authorized' | 'submitted' | 'unsettled', by: Parameters<typeof jobAfter>[1]) {
  const booth = openBooth();
  const before = stages()[name];
  const now = jobAfter(before, by);
  booth.ledger.put(now);
  return { booth, before, now, ports: booth.process().ports };
}

describe('what comes late', () => {
  test('is dropped when it was decided on what no longer stands', async () => {
    const { ports, before, now } = overtaken('authorized', happened.submitted());
    expect(await record(ports, before, happened.unsettled())).toEqual({ job: now, outcome: 'dropped' });
    expect(await ports.ledger.read(now.jobId)).toEqual(now);
  });

  test('is dropped even when it would still apply: the attempt it speaks of is over', async () => {
    const { ports, before, now } = overtaken('authorized', { type: 'sending', leaseUntil: 9e12, at: 8e12 });
    expect(await record(ports, before, happened.unsettled())).toEqual({ job: now, outcome: 'dropped' });
  });

  test('is written all the same when it is a job id', async () => {
    const { ports, before } = overtaken('authorized', happened.unsettled());
    const { job, outcome } = await record(ports, before, happened.submitted(), { claim: 'cmn1234567890' });
    expect([outcome, job.status, job.sellerJobId]).toEqual(['written', 'submitted', 'cmn1234567890']);
    expect(await ports.ledger.read(job.jobId)).toEqual(job);
  });

  test('is kept as evidence when it is a job id and the job has ended', async () => {
    const { ports, before } = overtaken('authorized', happened.unresolved());
    const { job } = await record(ports, before, happened.submitted(), { claim: 'cmn1234567890' });
    expect(job).toMatchObject({
      status: 'unresolved',
      sellerJobId: 'cmn1234567890',
      settlement: { success: true },
    });
  });

  test('is written all the same when it is a picture', async () => {
    const { ports, before } = overtaken('submitted', happened.workflowStarted());
    const { job } = await record(ports, before, happened.delivered());
    expect(job).toMatchObject({ status: 'delivered', workflow: { run: 1 } });
  });
});

test('what is overtaken again and again is dropped in the end, and the job asked anew', async () => {
  const booth = openBooth();
  const job = stages().submitted;
  booth.ledger.put(job);
  for (let index = 0; index < 8; index += 1) booth.ledger.failNext('write', 'conflict');
  const { outcome } = await record(booth.process().ports, job, happened.delivered());
  expect(outcome).toBe('dropped');
  expect(await booth.read(job.jobId)).toEqual(job);
});

test('what does not apply is not written', async () => {
  const booth = openBooth();
  const job = stages().authorized;
  booth.ledger.put(job);
  const { ports } = booth.process();
  const again = await record(ports, job, happened.reserved(job), { reserve: heldFor(job) });
  expect(again).toEqual({ job, outcome: 'dropped' });
  expect(await booth.read(job.jobId)).toEqual(job);
});

test('a job of the seller that is taken is said to be, and nothing is written', async () => {
  const booth = openBooth();
  const [first, second] = [stages().authorized, stages().authorized];
  booth.ledger.put(first);
  booth.ledger.put(second);
  const { ports } = booth.process();
  const claim = 'cmn1234567890';
  await record(ports, first, happened.submitted(claim), { claim });
  expect(await record(ports, second, happened.submitted(claim), { claim })).toEqual({
    job: second,
    outcome: 'claimed',
  });
});

describe('an announcement', () => {
  test('has one id per job, whenever and however often it is made', () => {
    const { refused, delivered, unresolved } = stages();
    const later = jobAfter(unresolved, happened.submitted());
    expect(jobEnded(later, 'pictures').id).toBe(jobEnded(unresolved, 'pictures').id);
    expect(jobEnded(delivered, 'pictures').id).toBe(jobEnded(refused, 'pictures').id);
    const other = jobAfter(newJob(), happened.refused());
    expect(jobEnded(other, 'pictures').id).not.toBe(jobEnded(refused, 'pictures').id);
  });

  test('is not recorded while the bus is down, and made when it is up again', async () => {
    const booth = openBooth();
    const job = stages().delivered;
    booth.ledger.put(job);
    const { put } = booth.ports.announcements;
    booth.ports.announcements.put = async () => {
      throw new Error('the bus is down');
    };
    await expect(announce(booth.process().ports, job)).rejects.toThrow('the bus is down');
    expect(await booth.read(job.jobId)).toEqual(job);
    booth.ports.announcements.put = put;
    await booth.pay(job.jobId);
    expect(booth.events).toHaveLength(1);
    expect((await booth.read(job.jobId)).dueAt).toBeUndefined();
  });

  test('is not made of a job that has no end', () => {
    expect(() => jobEnded(stages().submitted, 'pictures')).toThrow('has no end');
  });
});
