import { describe, expect, test } from 'vitest';
import { preferredWait } from '../../functions/intake/wait.ts';
import { jobAnswerSchema } from '../../shared/contracts/http.ts';
import { openDoor } from './door.ts';
import { at, caller, happened, jobAfter, newJob, stages } from './jobs.ts';

/** A door whose waiting moves the clock, and a job that ends after so many seconds of it. */
function openWaiting(endsAfterSeconds = Infinity) {
  const pauses: number[] = [];
  const job = newJob();
  const leave = new AbortController();
  const door = openDoor({
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      door.booth.clock.now += milliseconds;
      if (door.booth.clock.now >= at(endsAfterSeconds))
        door.booth.ledger.put(jobAfter(job, happened.refused()));
    },
  });
  door.booth.ledger.put(job);
  const get = (headers: Record<string, string>, more: { endsAt?: number; method?: string } = {}) =>
    door.app.request(
      `/api/jobs/${job.jobId}`,
      { method: more.method ?? 'GET', headers, signal: leave.signal },
      { caller, ...(more.endsAt !== undefined && { endsAt: more.endsAt }) },
    );
  const waited = () => (door.booth.clock.now - at(0)) / 1000;
  return { ...door, job, pauses, leave, get, waited };
}

const statusOf = async (response: Response) => jobAnswerSchema.parse(await response.json()).status;

test('without a preference the answer comes at once', async () => {
  const { get, waited } = openWaiting();
  const response = await get({});
  expect([response.status, response.headers.get('preference-applied'), waited()]).toEqual([200, null, 0]);
});

test('a job that ends while it is waited for is answered as soon as that is seen', async () => {
  const { get, waited } = openWaiting(6);
  const response = await get({ prefer: 'wait=20' });
  expect([response.status, response.headers.get('preference-applied')]).toEqual([200, 'wait=20']);
  expect(await statusOf(response)).toBe('failed');
  expect(waited()).toBeGreaterThanOrEqual(6);
  expect(waited()).toBeLessThan(9);
});

test('a job that does not end is answered when the wait is over, and was looked at less and less often', async () => {
  const { get, waited, pauses } = openWaiting();
  expect(await statusOf(await get({ prefer: 'wait=20' }))).toBe('pending');
  expect(waited()).toBe(20);
  expect(pauses.length).toBeLessThan(12);
  expect(pauses.slice(0, 4)).toEqual([500, 750, 1125, 1687.5]);
  expect(Math.max(...pauses)).toBe(3000);
});

test.each(['delivered', 'refused', 'undelivered', 'unresolved'] as const)(
  'a job that is %s is not waited for',
  async (stage) => {
    const { booth, job, get, waited } = openWaiting();
    booth.ledger.put(stages(job)[stage]);
    const response = await get({ prefer: 'wait=20' });
    expect([response.headers.get('preference-applied'), waited()]).toEqual(['wait=20', 0]);
  },
);

test('nobody waits longer than the invocation, with time left to answer', async () => {
  const { get, waited } = openWaiting();
  await get({ prefer: 'wait=20' }, { endsAt: at(7) });
  expect(waited()).toBe(5);
  await get({ prefer: 'wait=20' }, { endsAt: at(5) });
  expect(waited()).toBe(5);
});

test('nobody is waited for who has left', async () => {
  const { get, leave, waited, pauses } = openWaiting();
  leave.abort();
  await Promise.resolve(get({ prefer: 'wait=20' })).catch(() => {});
  expect([waited(), pauses]).toEqual([0, []]);
});

test('whoever leaves in the middle ends the wait', async () => {
  const reads: number[] = [];
  const leave = new AbortController();
  const job = newJob();
  const { app, booth } = openDoor({
    sleep: async (_milliseconds, signal) => {
      leave.abort();
      expect(signal.aborted).toBe(true);
    },
  });
  booth.ledger.put(job);
  const { read } = booth.ledger;
  booth.ledger.read = (jobId) => {
    reads.push(1);
    return read(jobId);
  };
  const init = { headers: { prefer: 'wait=20' }, signal: leave.signal };
  await Promise.resolve(app.request(`/api/jobs/${job.jobId}`, init, { caller })).catch(() => {});
  expect(reads).toHaveLength(1);
});

test('at HEAD it waits as well', async () => {
  const { get, waited } = openWaiting();
  const response = await get({ prefer: 'wait=3' }, { method: 'HEAD' });
  expect([response.status, await response.text(), waited()]).toEqual([200, '', 3]);
});

describe('a preference (RFC 7240)', () => {
  test.each([
    ['wait=5', 5],
    ['Wait = 5', 5],
    ['wait="5"', 5],
    ['respond-async, wait=10', 10],
    ['wait=10, handling=lenient', 10],
    ['wait=10; foo=bar', 10],
    ['wait=0', 0],
    ['wait=100', 20],
    ['wait=999999999', 20],
    ['wait=5, wait=7', 5],
    ['wait', undefined],
    ['wait=', undefined],
    ['wait=-1', undefined],
    ['wait=1.5', undefined],
    ['wait=soon', undefined],
    ['await=5', undefined],
    ['x-wait=5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (prefer, seconds) => {
    expect(preferredWait(prefer)).toBe(seconds);
  });
});
