import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptedSchema, jobListSchema, uploadGrantSchema } from '../../shared/contracts/http.ts';
import { openDoor, path, stranger } from './door.ts';
import { caller, newJob, stages } from './jobs.ts';

/** What belongs to one caller is not there for another, by whichever door they try. */

const edit = '/api/generate/flux-2-pro/edit';

/** A door behind which the caller has a job at every stage, a file, and a key. */
async function openHouse() {
  const door = openDoor();
  const jobs = Object.entries(stages()).map(([stage, job]) => ({
    stage,
    job: { ...job, jobId: newJob().jobId, requestHash: 'f'.repeat(64) },
  }));
  for (const { job } of jobs) door.booth.ledger.put(job);
  const granted = await door.send('/api/upload', { contentType: 'image/png', size: 10 });
  const { uploadId, reference } = uploadGrantSchema.parse(await granted.json());
  const delivered = jobs.find(({ stage }) => stage === 'delivered')?.job.jobId ?? '';
  return { ...door, jobs, uploadId, reference, delivered };
}

const attempts: [string, (house: Awaited<ReturnType<typeof openHouse>>, who: string) => Promise<number[]>][] =
  [
    [
      'looking at a job',
      async ({ ask, jobs }, who) => statuses(jobs.map(({ job }) => ask(`/api/jobs/${job.jobId}`, {}, who))),
    ],
    [
      'waiting for a job',
      async ({ ask, jobs }, who) =>
        statuses(
          jobs
            .filter(({ job }) => job.end)
            .map(({ job }) => ask(`/api/jobs/${job.jobId}`, { headers: { prefer: 'wait=1' } }, who)),
        ),
    ],
    [
      'cancelling a job',
      async ({ ask, jobs }, who) =>
        statuses(jobs.map(({ job }) => ask(`/api/jobs/${job.jobId}`, { method: 'DELETE' }, who))),
    ],
    [
      'naming a picture in a request',
      async ({ send, delivered }, who) =>
        statuses([send(edit, { prompt: 'a', images: [delivered] }, {}, who)]),
    ],
    [
      'naming a file in a request',
      async ({ send, reference }, who) =>
        statuses([send(edit, { prompt: 'a', images: [reference] }, {}, who)]),
    ],
    [
      'asking the price of a picture changed',
      async ({ send, delivered, reference }, who) =>
        statuses(
          [delivered, reference].map((image) =>
            send('/api/quote', { model: 'flux-2-pro/edit', prompt: 'a', images: [image] }, {}, who),
          ),
        ),
    ],
  ];
const statuses = async (answers: readonly (Response | Promise<Response>)[]): Promise<number[]> =>
  (await Promise.all(answers)).map(({ status }) => status);

describe.each(attempts)('%s', (_name, attempt) => {
  test('is for its owner', async () => {
    const found = await attempt(await openHouse(), caller);
    expect(found.every((status) => status < 300 || status === 409)).toBe(true);
  });

  test.each([stranger, 'coinbooth', caller.slice(0, -1), `${caller}X`, caller.toLowerCase(), '*'])(
    'is not for %s',
    async (who) => {
      const house = await openHouse();
      const before = house.booth.ledger.jobs();
      const found = await attempt(house, who);
      expect(found.length).toBeGreaterThan(0);
      for (const status of found) expect([400, 404]).toContain(status);
      expect(house.booth.ledger.jobs()).toEqual(before);
      expect(house.booth.queued).toEqual([]);
    },
  );
});

test('no list shows them, and no wish to reuse gives them', async () => {
  const { ask, send, jobs } = await openHouse();
  const list = jobListSchema.parse(await (await ask('/api/jobs?limit=100', {}, stranger)).json());
  expect(list).toEqual({ jobs: [] });
  const response = await send(path, { prompt: 'a kite', reuse: true }, {}, stranger);
  const { jobId } = acceptedSchema.parse(await response.json());
  expect(jobs.map(({ job }) => job.jobId)).not.toContain(jobId);
});

test('two callers with one key have a job each, whatever callers and keys are called', async () => {
  const names = fc.string({ unit: fc.constantFrom('A', 'B', ' ', ':', '1'), minLength: 1, maxLength: 6 });
  const keys = names.filter((key) => key.trim() === key && key !== '');
  await fc.assert(
    fc.asyncProperty(names, names, keys, keys, fc.boolean(), async (one, other, first, any, isSame) => {
      fc.pre(one !== other);
      const second = isSame ? first : any;
      const { send, booth } = openDoor();
      const idOf = async (who: string, key: string) =>
        acceptedSchema.parse(
          await (await send(path, { prompt: 'a' }, { 'idempotency-key': key }, who)).json(),
        ).jobId;
      const [mine, theirs] = [await idOf(one, first), await idOf(other, second)];
      expect(theirs).not.toBe(mine);
      expect([(await booth.read(mine)).caller, (await booth.read(theirs)).caller]).toEqual([one, other]);
      expect([await idOf(one, first), await idOf(other, second)]).toEqual([mine, theirs]);
    }),
    { numRuns: 100 },
  );
});

test('what the door says for itself holds no prompt, no address and no name of a file', async () => {
  const { booth, send, ask, warnings, delivered, reference } = await openHouse();
  const secret = 'a canary over snow';
  booth.ports.queue.send = async () => {
    throw new Error(`could not queue ${secret}`);
  };
  booth.ledger.failNext('list', 'throw-before');
  await send(path, { prompt: secret });
  await send(edit, {
    prompt: secret,
    images: [delivered, reference, 'https://pictures.example.com/?token=canary'],
  });
  await send('/api/quote', {
    model: 'flux-2-pro/edit',
    prompt: secret,
    images: ['https://10.0.0.1/?token=canary'],
  });
  await ask('/api/jobs');
  expect(warnings.length).toBeGreaterThanOrEqual(3);
  expect(warnings.join('\n')).not.toMatch(/canary|snow|bucket\.test|https?:|upload:/);

  const wrong = await send(edit, { prompt: secret, images: ['https://10.0.0.1/?token=canary', 'canary'] });
  expect(await wrong.text()).not.toMatch(/canary|snow/);
});
