import { describe, expect, test } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { type Job, jobSchema } from '../../shared/core/job-record.ts';
import type { Sighting } from '../../shared/seller/answers.ts';
import { openBooth } from './booth.ts';
import { at, happened, jobAfter, newJob, stages, timings } from './jobs.ts';

const running: Sighting = { state: 'running' };
const failed: Sighting = { state: 'failed', says: 'NSFW' };
const denied: Sighting = { state: 'denied', message: 'It answers 403.' };
const down: Sighting = { state: 'unavailable', message: 'It answers 500.' };
const complete: Sighting = { state: 'complete', url: 'https://pictures.test/a.webp' };

/** A booth with one job in it, whose seller shows these sightings in turn, the last one for good. */
function watching(job: Job, ...sightings: Sighting[]) {
  const booth = openBooth();
  booth.ledger.put(job);
  booth.clock.now = at(4);
  const looks: number[] = [];
  booth.seller.sighting = () => {
    looks.push((booth.clock.now - (job.submittedAt ?? 0)) / 1000);
    return (sightings.length > 1 ? sightings.shift() : sightings[0]) ?? running;
  };
  const startedAt = job.workflow?.startedAt ?? job.submittedAt ?? booth.clock.now;
  const look = (seconds = 60) =>
    poll(booth.process().ports, job.jobId, { startedAt, endsAt: booth.clock.now + seconds * 1000 });
  return { booth, looks, look, read: () => booth.read(job.jobId) };
}

/** The seller takes a fifth of a second to answer; what it says was so when it was asked, for sure. */
const askedAt = (answered = 0): number => Math.floor(Math.round((answered - 0.2) * 1000) / 10) / 100;

describe('a running job', () => {
  test('is not looked at before it can be finished, then ever less often', async () => {
    const { looks, look, read } = watching(stages().watched, running, running, running, running, complete);
    await look();
    expect(looks[0]).toBeGreaterThanOrEqual(2);
    expect(looks).toHaveLength(5);
    const steps = looks.slice(1).map((seconds, index) => seconds - (looks[index] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0.5);
    expect((await read()).rendered).toEqual({
      url: 'https://pictures.test/a.webp',
      at: expect.any(Number),
      ranSeconds: askedAt(looks[3]),
    });
  });

  test('that does not finish within the invocation is left to the next, with time to spare', async () => {
    const { booth, look, read } = watching(stages().watched, running);
    const endsAt = booth.clock.now + 60_000;
    await expect(look()).rejects.toMatchObject({ name: 'StillRunning' });
    expect(booth.clock.now).toBeLessThanOrEqual(endsAt - 15_000);
    expect((await read()).status).toBe('submitted');
  });

  test('whose next look is far away leaves under the name of the longest wait before it', async () => {
    const booth = openBooth({ pollingScale: 10 });
    const job = stages().watched;
    booth.ledger.put(job);
    booth.clock.now = at(4);
    const watched = poll(booth.process().ports, job.jobId, { startedAt: at(4), endsAt: at(94) });
    await expect(watched).rejects.toMatchObject({ name: expect.stringMatching(/^StillRunning[1-4][05]$/) });
    expect(booth.clock.now).toBe(at(4));
  });

  test('is not watched beyond the time of its run, not even for one more look', async () => {
    const { booth, looks, look } = watching(stages().watched, running);
    booth.clock.now = at(4 + timings.workflowSeconds + 1);
    await expect(look()).rejects.toMatchObject({ name: 'RunOver' });
    expect(looks).toEqual([]);
    booth.clock.now = at(4 + timings.workflowSeconds - 20);
    await expect(look(600)).rejects.toMatchObject({ name: 'RunOver' });
    expect(booth.clock.now).toBeLessThanOrEqual(at(4 + timings.workflowSeconds + 1));
  });

  test('is looked at while there is still time to deliver it, however long its run was meant to last', async () => {
    const job = { ...stages().watched, deadlineAt: at(3 + 600) };
    const { booth, looks, read } = watching(job, running);
    booth.seller.sighting = () => {
      looks.push((booth.clock.now - at(3)) / 1000);
      return booth.clock.now >= at(3 + 579.8) ? complete : running;
    };
    // The second run of two: a third would come when all is over.
    const startedAt = at(3 + 330);
    booth.clock.now = startedAt;
    for (let turns = 0; (await read()).rendered === undefined && turns < 40; turns += 1) {
      await poll(booth.process().ports, job.jobId, { startedAt, endsAt: booth.clock.now + 90_000 }).catch(
        ({ name }: Error) => expect(name).toBe('StillRunning'),
      );
      booth.clock.now += timings.waitSeconds * 1000;
    }
    expect((await read()).rendered).toBeDefined();
    expect(looks.at(-1)).toBe(580.2);
  });

  test('that is finished already is seen at once by the run that comes late', async () => {
    const job = stages().watched;
    const { booth, looks } = watching(job, complete);
    booth.clock.now = at(30);
    await poll(booth.process().ports, job.jobId, { startedAt: at(29), endsAt: at(90) });
    expect(looks).toHaveLength(1);
    expect(booth.clock.now).toBe(at(30) + 200);
  });

  test.each([
    ['the first look of all, at once', 4.5, complete, 0],
    // Every look for a video is an invocation of its own: it comes back from a wait after the one before.
    ['a look that is not the first one of all', 14, complete, 14 - 5 - 6],
  ])('tells when it was last running: %s', async (_look, seconds, sighting, ranSeconds) => {
    const { booth, looks, look, read } = watching(stages().watched, sighting);
    booth.clock.now = at(3 + seconds);
    await look();
    expect(looks).toHaveLength(1);
    expect((await read()).rendered?.ranSeconds).toBe(ranSeconds);
  });

  test('that is looked at by a clock which is behind has a row that can be read', async () => {
    const job = stages().watched;
    const { booth, read } = watching(job, running, complete);
    booth.clock.now = at(1);
    await poll(booth.process().ports, job.jobId, { startedAt: at(14), endsAt: at(90) });
    expect(jobSchema.parse(await read()).rendered?.ranSeconds).toBe(0);
  });

  test('that could not be seen for a while was running when it was seen, and no later', async () => {
    const { looks, look, read } = watching(stages().watched, running, down, denied, complete);
    await look();
    expect((await read()).rendered?.ranSeconds).toBe(askedAt(looks[0]));
  });

  test('whose URL died is asked for a fresh one at once', async () => {
    const fresh: Sighting = { state: 'complete', url: 'https://pictures.test/fresh.webp' };
    const { looks, look, read } = watching(stages().rendered, fresh);
    await look();
    expect(looks).toHaveLength(1);
    // How long it took, this look does not tell.
    expect((await read()).rendered).toEqual({
      url: 'https://pictures.test/fresh.webp',
      at: expect.any(Number),
    });
  });
});

/** Polls as the workflow does, run after run, until the job has a result, an end or no time left. */
async function watchOn({ booth, read }: ReturnType<typeof watching>, runSeconds = timings.workflowSeconds) {
  let startedAt = booth.clock.now;
  for (;;) {
    const job = await read();
    if (job.end || job.rendered || booth.clock.now >= job.deadlineAt) return job;
    const endsAt = booth.clock.now + 90_000;
    const outcome = await poll(booth.process().ports, job.jobId, { startedAt, endsAt }).catch(
      ({ name }: Error) => name,
    );
    const waited = /^StillRunning(\d*)$/.exec(outcome ?? '')?.[1];
    booth.clock.now += Number(waited || timings.waitSeconds) * 1000;
    if (outcome === 'RunOver') startedAt = booth.clock.now;
    if (booth.clock.now > startedAt + (runSeconds + 60) * 1000) startedAt = booth.clock.now;
  }
}

/** A seller that says so from one second after submission until another, and finishes the job afterwards. */
const spell =
  (booth: ReturnType<typeof openBooth>, from: number, until: number, sighting: Sighting) => (): Sighting => {
    const elapsed = (booth.clock.now - at(3)) / 1000;
    return elapsed < from ? running : elapsed < until ? sighting : complete;
  };

const strange: Sighting = { state: 'unavailable', message: 'The seller answers 200 without a job.' };

describe('the seller’s own "failed"', () => {
  test('ends the job when a second poll says so half a minute later', async () => {
    const { booth, looks, look, read } = watching(stages().watched, failed);
    await expect(look()).rejects.toMatchObject({ name: 'GenerationFailed' });
    expect(looks).toHaveLength(2);
    expect((looks[1] ?? 0) - (looks[0] ?? 0)).toBeGreaterThanOrEqual(timings.confirmSeconds);
    const ended = await read();
    expect(ended.end?.claim?.sellerSays).toBe('NSFW');
    expect(JSON.stringify(booth.events)).not.toContain('NSFW');
    expect(ended).toMatchObject({
      status: 'undelivered',
      end: {
        reason: {
          name: 'GenerationFailed',
          message: expect.stringContaining('failed after it was paid for'),
        },
        claim: { sellerJobId: 'cmn1234567890', transaction: '0xfeed', amountAtomic: '30000' },
      },
    });
    expect(booth.events).toMatchObject([{ status: 'undelivered', money: 'spent', retryCanHelp: false }]);
    expect((await read()).announcedAt).toBeDefined();
  });

  test.each([
    ['a result', [complete]],
    ['a running job', [running, complete]],
    ['a running job and "failed" anew', [running, failed, running, complete]],
  ])('is taken back by %s', async (_name, after) => {
    const { look, read } = watching(stages().watched, failed, ...after);
    await look(200);
    const job = await read();
    expect([job.status, job.rendered?.url]).toEqual(['submitted', 'https://pictures.test/a.webp']);
  });

  test.each([
    ['an outage', down],
    ['a denial', denied],
  ])('is neither confirmed nor taken back by %s', async (_name, between) => {
    const first = watching(stages().watched, failed, between, complete);
    await first.look(200);
    expect((await first.read()).rendered).toBeDefined();
    const second = watching(stages().watched, failed, between, failed);
    await expect(second.look(200)).rejects.toMatchObject({ name: 'GenerationFailed' });
    expect(second.looks).toHaveLength(3);
  });

  test('of an earlier invocation alone ends nothing', async () => {
    const { booth, looks, look, read } = watching(stages().watched, failed, failed, complete);
    await expect(look(30)).rejects.toMatchObject({ name: 'StillRunning25' });
    expect(looks).toHaveLength(1);
    booth.clock.now += 25_000;
    await look();
    expect((await read()).rendered).toBeDefined();
  });
});

describe('a paid job until its deadline', () => {
  test.each([
    ['denied', denied, 36],
    ['denied', denied, 300],
    ['unavailable', down, 300],
    ['answered strangely', strange, 300],
  ])('that is %s for a spell is found afterwards', async (_name, sighting, seconds) => {
    const watched = watching({ ...stages().watched, deadlineAt: at(3 + 600) }, running);
    const { booth, looks } = watched;
    const says = spell(booth, 5, 5 + seconds, sighting);
    booth.seller.sighting = () => {
      looks.push((booth.clock.now - at(3)) / 1000);
      return says();
    };
    const job = await watchOn(watched);
    expect([job.status, job.rendered?.url]).toEqual(['submitted', 'https://pictures.test/a.webp']);
    expect(job.rendered?.at).toBeLessThanOrEqual(at(3 + 5 + 2 * seconds + 70));
    // Each is a signature.
    expect(looks.length).toBeLessThanOrEqual(12 + seconds / 4);
  });

  test.each([
    ['denied', denied],
    ['unavailable', down],
    ['answered strangely', strange],
  ])('that is %s for good is ended by no poll', async (_name, sighting) => {
    const watched = watching({ ...stages().watched, deadlineAt: at(3 + 600) }, sighting);
    const job = await watchOn(watched);
    expect(job).toMatchObject({ status: 'submitted', deadlineAt: at(3 + 600) });
    expect(job.end).toBeUndefined();
    expect(watched.booth.events).toEqual([]);
    // One look is left for the end, while a result can still be delivered.
    expect(watched.looks.at(-1)).toBeGreaterThan(570);
    expect(watched.looks.length).toBeLessThan(180);
  });
});

test('a result that came with the answer is kept before the record says where it is', async () => {
  const bytes = Buffer.from('<svg/>');
  const { booth, look, read } = watching(stages().watched, { state: 'complete', bytes });
  await look();
  const job = await read();
  expect(job.rendered?.url).toBe('inline:');
  expect(booth.objects.get(`inline/${job.jobId}`)?.bytes).toEqual(bytes);
  jobSchema.parse(job);
});

describe('a denial', () => {
  test('is on record when the polls of half a minute all say so, and once', async () => {
    const watched = watching({ ...stages().watched, deadlineAt: at(3 + 600) }, denied);
    const { booth, looks, look, read } = watched;
    await look(90).catch(() => {});
    const { deniedAt = 0 } = await read();
    expect(deniedAt - at(3) - (looks[0] ?? 0) * 1000).toBeGreaterThanOrEqual(timings.confirmSeconds * 1000);
    booth.clock.now += 60_000;
    const job = await watchOn(watched);
    expect([job.deniedAt, job.status]).toEqual([deniedAt, 'submitted']);
    // Pauses grow over the invocations: the last five minutes take no more polls than a minute apart.
    expect(looks.filter((seconds) => seconds > 300).length).toBeLessThanOrEqual(12);
  });

  test('is on record of a job whose polls are far apart, too', async () => {
    const booth = openBooth({ pollingScale: 10 });
    const job = { ...stages().watched, deadlineAt: at(3 + 600) };
    booth.ledger.put(job);
    booth.clock.now = at(60);
    booth.seller.sighting = () => denied;
    await poll(booth.process().ports, job.jobId, { startedAt: at(4), endsAt: at(150) }).catch(() => {});
    expect((await booth.read(job.jobId)).deniedAt).toBeDefined();
  });

  test.each([
    ['a running job', [denied, running, complete]],
    ['a result', [denied, complete]],
  ])('that is followed by %s is on no record', async (_name, sightings) => {
    const { look, read } = watching(stages().watched, ...sightings);
    await look();
    const job = await read();
    expect(job.rendered).toBeDefined();
    expect(job.deniedAt).toBeUndefined();
  });
});

describe('an outage', () => {
  test('lasts as long as the seller asks to be left alone', async () => {
    const { look, looks } = watching(stages().watched, { ...down, retryAfterSeconds: 60 }, complete);
    await expect(look(90)).rejects.toMatchObject({ name: 'StillRunning50' });
    expect(looks).toHaveLength(1);
  });

  test('lasts no longer than the invocation', async () => {
    const { look, read } = watching(stages().watched, down);
    await expect(look()).rejects.toMatchObject({ name: 'SellerUnavailable', message: 'It answers 500.' });
    expect((await read()).status).toBe('submitted');
  });
});

describe('a job whose result was refused', () => {
  test('is not polled before its time', async () => {
    const job = { ...stages().rendered, waitUntil: at(20) };
    const { booth, looks, look } = watching(job, complete);
    booth.clock.now = at(9);
    await look();
    expect(looks).toEqual([20 - 3 + 0.2]);
  });

  test('leaves for as long as that takes', async () => {
    const job = { ...stages().rendered, waitUntil: at(9 + 80) };
    const { booth, looks, look } = watching(job, complete);
    booth.clock.now = at(9);
    await expect(look()).rejects.toMatchObject({ name: 'StillRunning75' });
    expect(looks).toEqual([]);
  });
});

describe('a job that is not to be watched', () => {
  test.each(['delivered', 'refused', 'undelivered', 'unresolved'] as const)(
    'is announced if its end was not, and left alone: %s',
    async (end) => {
      const job = stages()[end];
      const { booth, looks, look, read } = watching(job, complete);
      await look();
      await look();
      expect(looks).toEqual([]);
      expect(booth.events).toHaveLength(1);
      expect(await read()).toMatchObject({ status: end, end: job.end });
    },
  );

  test('is not announced again', async () => {
    const { booth, look } = watching(jobAfter(newJob(), happened.refused(), happened.announced()), complete);
    await look();
    expect(booth.events).toEqual([]);
  });

  test('is a defect when it is not there', async () => {
    const { ports } = openBooth().process();
    await expect(poll(ports, newJob().jobId, { startedAt: at(0), endsAt: at(60) })).rejects.toMatchObject({
      name: 'Defect',
    });
  });
});
