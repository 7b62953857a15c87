import { describe, expect, test } from 'vitest';
import { jobListSchema } from '../../shared/contracts/http.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { openDoor, problemOf, stranger } from './door.ts';
import { at, caller, happened, jobAfter, newJob, stages } from './jobs.ts';

function openList(jobs: readonly Job[] = []) {
  const door = openDoor();
  for (const job of jobs) door.booth.ledger.put(job);
  const page = async (query = '', who = caller) => {
    const response = await door.ask(`/api/jobs${query}`, {}, who);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return jobListSchema.parse(await response.json());
  };
  /** Every page of a query, in order. */
  const pages = async (query: string, who = caller) => {
    const all = [await page(`?${query}`, who)];
    for (let next = all[0]?.nextCursor; next !== undefined; ) {
      const one: Awaited<ReturnType<typeof page>> = await page(`?${query}&cursor=${next}`, who);
      all.push(one);
      next = one.nextCursor;
      if (all.length > 200) throw new Error('The list has no end.');
    }
    return all.map(({ jobs: ones }) => ones.map(({ jobId }) => jobId));
  };
  return { ...door, page, pages };
}

const many = (count: number, change: (n: number) => Parameters<typeof newJob>[0] = () => ({})) =>
  Array.from({ length: count }, (_, n) => newJob({ now: at(n), ...change(n) }));
const idsOf = (jobs: readonly Job[]) => jobs.map(({ jobId }) => jobId);

test('jobs are listed newest first, each as it is shown alone', async () => {
  const all = Object.values(stages()).map((job, n) => ({ ...job, jobId: newJob().jobId, acceptedAt: at(n) }));
  const { ask, page } = openList(all);
  const { jobs, nextCursor } = await page();
  expect(jobs.map(({ jobId }) => jobId)).toEqual(idsOf(all).toReversed());
  expect(nextCursor).toBeUndefined();
  for (const job of jobs) expect(await (await ask(`/api/jobs/${job.jobId}`)).json()).toEqual(job);
  expect(jobs.at(-1)).toMatchObject({
    model: 'flux-2-pro/generate',
    acceptedAt: new Date(at(0)).toISOString(),
  });
  expect(JSON.stringify(jobs)).not.toContain('a kite');
});

describe('pages', () => {
  test('are of twenty by default, and of one to a hundred', async () => {
    const all = many(130);
    const { page, pages } = openList(all);
    expect((await page()).jobs).toHaveLength(20);
    expect((await page('?limit=100')).jobs).toHaveLength(100);
    expect((await pages('limit=1')).slice(0, 2)).toEqual(
      idsOf(all.slice(-2))
        .toReversed()
        .map((id) => [id]),
    );
  });

  test.each([1, 2, 5, 9, 10, 11])('of %i come to the whole list, each job once', async (limit) => {
    const all = many(10, (n) => ({ now: at(Math.floor(n / 4)) }));
    const listed = await openList(all).pages(`limit=${limit}`);
    expect(listed.flat().toSorted()).toEqual(idsOf(all).toSorted());
    // The last page says that it is the last: nobody asks for an empty one.
    expect(listed).toHaveLength(Math.ceil(10 / limit));
  });

  test('keep their place while new jobs come in', async () => {
    const all = many(4);
    const { booth, page } = openList(all);
    const first = await page('?limit=2');
    booth.ledger.put(newJob({ now: at(100) }));
    const second = await page(`?limit=2&cursor=${first.nextCursor}`);
    expect(second.jobs.map(({ jobId }) => jobId)).toEqual(idsOf(all.slice(0, 2)).toReversed());
  });
});

describe('filters', () => {
  test('by what the API calls the status', async () => {
    const { page } = openList(Object.values(stages()).map((job) => ({ ...job, jobId: newJob().jobId })));
    const statuses = async (status: string) =>
      (await page(`?status=${status}`)).jobs.map((job) =>
        job.status === 'failed' ? job.outcome : job.status,
      );
    expect(await statuses('pending')).toEqual(Array(4).fill('pending'));
    expect(await statuses('processing')).toEqual(Array(3).fill('processing'));
    expect(await statuses('complete')).toEqual(['complete']);
    expect((await statuses('failed')).toSorted()).toEqual(['refused', 'undelivered', 'unresolved']);
  });

  test('by model, with all that it does or one operation of it', async () => {
    const [generated, edited] = [newJob(), newJob({ offering: 'flux-2-pro/edit', now: at(1) })];
    const { pages } = openList([generated, edited, newJob({ offering: 'flux-2-max/generate', now: at(2) })]);
    expect(await pages('model=flux-2-pro')).toEqual([idsOf([edited, generated])]);
    expect(await pages('model=flux-2-pro/edit')).toEqual([idsOf([edited])]);
    expect(await pages('model=flux-2')).toEqual([[]]);
  });

  test('by time: from the one, before the other', async () => {
    const all = many(6);
    const { pages } = openList(all);
    const iso = (seconds: number) => new Date(at(seconds)).toISOString();
    expect((await pages(`since=${iso(4)}`)).flat()).toEqual(idsOf(all.slice(4)).toReversed());
    expect((await pages(`until=${iso(2)}`)).flat()).toEqual(idsOf(all.slice(0, 2)).toReversed());
    const between = `since=${iso(1)}&until=${iso(4)}&limit=2`;
    expect(await pages(between)).toEqual([idsOf(all.slice(2, 4)).toReversed(), idsOf(all.slice(1, 2))]);
    const zoned = encodeURIComponent(iso(4).replace('Z', '+00:00'));
    expect((await pages(`since=${zoned}`)).flat()).toHaveLength(2);
  });

  test('look at so many rows at a time, and give a cursor to go on, until every job was seen', async () => {
    const rare = [0, 170, 499];
    const all = many(500, (n) => (rare.includes(n) ? { offering: 'flux-2-pro/edit' } : {}));
    const { booth, pages } = openList(all);
    let rows = 0;
    const { list } = booth.ledger;
    booth.ledger.list = async (who, query) => {
      const page = await list(who, query);
      rows += page.jobs.length;
      return page;
    };
    const listed = await pages('model=flux-2-pro/edit&limit=5');
    expect(listed.flat()).toEqual(idsOf(all.filter((_, n) => rare.includes(n))).toReversed());
    expect(listed.length).toBe(3);
    expect(rows).toBe(500);
  });

  test.each([
    ['status=done', ['status']],
    ['limit=0', ['limit']],
    ['limit=101', ['limit']],
    ['limit=1e1', ['limit']],
    ['limit=', ['limit']],
    ['since=yesterday', ['since']],
    ['until=2026-01-01', ['until']],
    ['model=../x', ['model']],
    ['caller=AIDAANOTHER', ['caller']],
    ['limit=1&limit=2', ['limit']],
    ['status=x&limit=x&colour=x', ['colour', 'limit', 'status']],
  ])('that are wrong are refused by name: %s', async (query, fields) => {
    const response = await openList().ask(`/api/jobs?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).fields).toEqual(fields);
  });
});

describe('nobody sees a job of somebody else', () => {
  const mine = many(5);
  const theirs = many(5, (n) => ({ caller: stranger, now: at(n + 0.5) }));

  test('in a list, whatever is asked for', async () => {
    const { pages } = openList([...mine, ...theirs]);
    for (const query of [
      'limit=2',
      'status=pending',
      'model=flux-2-pro',
      `until=${new Date(at(9)).toISOString()}`,
    ])
      expect((await pages(query)).flat()).toEqual(idsOf(mine).toReversed());
    expect((await pages('limit=100', stranger)).flat()).toEqual(idsOf(theirs).toReversed());
    expect((await pages('limit=100', 'AIDANOBODY')).flat()).toEqual([]);
  });

  test('by a cursor of theirs', async () => {
    const { page } = openList([...mine, ...theirs]);
    const { nextCursor } = await page('?limit=2', stranger);
    const listed = await page(`?limit=100&cursor=${nextCursor}`);
    for (const { jobId } of listed.jobs) expect(idsOf(mine)).toContain(jobId);
  });

  const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const id = newJob().jobId;
  test.each([
    ['text', 'hello'],
    ['JSON of another kind', cursorOf({ acceptedAt: at(0), jobId: id })],
    ['a caller beside it', cursorOf([at(0), id, stranger])],
    ['a key in the place of the id', cursorOf([at(0), 'JOB#x'])],
    ['a time before time', cursorOf([-1, id])],
    ['a time that is text', cursorOf([String(at(0)), id])],
    ['padding', `${cursorOf([at(0), id])}=`],
    ['another spelling', cursorOf([at(0), id]).replace(/^./, ' $&')],
    ['what is too long', 'x'.repeat(201)],
    ['nothing', ''],
  ])('by a cursor that is %s', async (_name, cursor) => {
    const { ask } = openList([...mine, ...theirs]);
    const response = await ask(`/api/jobs?cursor=${encodeURIComponent(cursor)}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).fields).toEqual(['cursor']);
  });

  test('nor a place for a file that was bought on the way', async () => {
    const upload = newJob({
      caller: 'coinbooth',
      offering: 'upload',
      source: { bucket: 'pictures', key: 'uploads/x', sha256: 'a'.repeat(64) },
    });
    const { pages, ask } = openList([...mine, upload, { ...upload, jobId: newJob().jobId, caller }]);
    expect((await pages('limit=100')).flat()).toEqual(idsOf(mine).toReversed());
    expect((await ask(`/api/jobs/${upload.jobId}`)).status).toBe(404);
  });
});

test('a job that was refused in the meantime is shown so', async () => {
  const job = newJob();
  const { booth, page } = openList([job]);
  booth.ledger.put(jobAfter(job, happened.refused()));
  expect((await page()).jobs).toMatchObject([{ jobId: job.jobId, status: 'failed' }]);
});
