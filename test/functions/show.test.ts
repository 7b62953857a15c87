import { describe, expect, test } from 'vitest';
import { jobAnswerSchema } from '../../shared/contracts/http.ts';
import { openDoor } from './door.ts';
import { at, happened, jobAfter, newJob, stages } from './jobs.ts';

describe('a job', () => {
  const expected: Record<keyof ReturnType<typeof stages>, object> = {
    accepted: { status: 'pending', success: true, money: 'none' },
    reserved: { status: 'pending', success: true, money: 'none' },
    authorized: { status: 'pending', success: true, money: 'open', cost: { usd: '$0.03' } },
    unsettled: { status: 'pending', success: true, money: 'open', cost: { amountAtomic: '30000' } },
    submitted: { status: 'processing', success: true, money: 'spent', cost: { transaction: '0xfeed' } },
    watched: { status: 'processing', success: true },
    rendered: { status: 'processing', success: true },
    delivered: { status: 'complete', success: true, money: 'spent', cost: { usd: '$0.03' } },
    refused: { status: 'failed', success: false, money: 'none', outcome: 'refused', retryCanHelp: false },
    undelivered: { status: 'failed', success: false, money: 'spent', outcome: 'undelivered' },
    unresolved: {
      status: 'failed',
      success: false,
      money: 'open',
      outcome: 'unresolved',
      retryCanHelp: false,
    },
  };
  test.each(Object.entries(stages()))('that is %s is shown so', async (name, job) => {
    const { booth, ask } = openDoor();
    booth.ledger.put(job);
    const response = await ask(`/api/jobs/${job.jobId}`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const answer: unknown = await response.json();
    expect(jobAnswerSchema.parse(answer)).toMatchObject(expected[name as keyof typeof expected]);
    expect(JSON.stringify(answer)).not.toMatch(/a kite|pictures\.test|nonce|signed/);
  });

  test('that is complete comes with a URL made for this answer', async () => {
    const { booth, ask } = openDoor();
    const { delivered } = stages();
    booth.ledger.put(delivered);
    expect(await (await ask(`/api/jobs/${delivered.jobId}`)).json()).toMatchObject({
      imageUrl: 'https://bucket.test/pictures/x.webp?expires=300',
      expiresInSeconds: 300,
      sha256: 'a'.repeat(64),
    });
  });

  test('at HEAD has the same headers and no body', async () => {
    const { booth, ask } = openDoor();
    const job = newJob();
    booth.ledger.put(job);
    const response = await ask(`/api/jobs/${job.jobId}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('of somebody else is not there, and neither is one that nobody has', async () => {
    const { booth, ask } = openDoor();
    const job = newJob();
    booth.ledger.put(job);
    const theirs = await ask(`/api/jobs/${job.jobId}`, {}, 'AIDAANOTHER');
    const nobodys = await ask(`/api/jobs/${newJob().jobId}`);
    expect([theirs.status, nobodys.status]).toEqual([404, 404]);
    expect(await theirs.json()).toEqual(await nobodys.json());
  });

  test('that failed before anything was signed says that asking again can help', async () => {
    const { booth, ask } = openDoor();
    const reason = { name: 'SellerUnavailable', message: 'It was down.' } as const;
    const job = jobAfter(newJob(), { type: 'refused', reason, at: at(3) }, happened.announced());
    booth.ledger.put(job);
    expect(await (await ask(`/api/jobs/${job.jobId}`)).json()).toMatchObject({ retryCanHelp: true, reason });
  });
});

test('a job whose payment a final block shows names the transaction of that block, whatever the seller said', async () => {
  const { booth, ask } = openDoor();
  const proof = { state: 'settled', transaction: '0xb10c', blockNumber: 7, at: at(1500) } as const;
  const job = jobAfter(stages().delivered, happened.announced(), { type: 'proven', proof, at: at(1500) });
  booth.ledger.put(job);
  expect(await (await ask(`/api/jobs/${job.jobId}`)).json()).toMatchObject({
    money: 'spent',
    cost: { transaction: '0xb10c' },
  });
});

test('a job that waits for an operator says so, without the words that were meant for operators', async () => {
  const { booth, ask } = openDoor();
  const said = { enabled: false, reason: 'the treasurer is ill', by: 'an operator', at: 0 };
  const job = newJob();
  booth.ledger.put(job);
  const shown = async () => (await ask(`/api/jobs/${job.jobId}`)).text();
  await booth.ledger.control.writeSwitch({ ...said, scope: `model:${job.offering}` });
  expect(await shown()).not.toContain('waitsFor');
  booth.clock.now = job.acceptedAt + 5_000;
  const wait = {
    waitsFor: `Nothing is signed for model:${job.offering} at present: an operator has to resume it.`,
  };
  expect(JSON.parse(await shown())).toMatchObject(wait);
  await booth.ledger.control.writeSigning(said);
  expect(await shown()).toContain('Nothing is signed at present');
  expect(await shown()).not.toContain('treasurer');
  await booth.ledger.control.writeSigning({ ...said, enabled: true });
  await booth.ledger.control.writeSwitch({ ...said, enabled: true, scope: `model:${job.offering}` });
  expect(await shown()).not.toContain('waitsFor');
});
