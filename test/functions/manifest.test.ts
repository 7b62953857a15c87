import { describe, expect, test } from 'vitest';
import { cancel } from '../../functions/intake/cancel.ts';
import { submit } from '../../functions/intake/submit.ts';
import { sweep } from '../../functions/sweeper/sweep.ts';
import { sweepManifests } from '../../functions/sweeper/sweep-manifests.ts';
import { lineResultSchema } from '../../shared/contracts/manifest.ts';
import { erasedCaller } from '../../shared/core/retention.ts';
import type { Watch } from './booth.ts';
import { caller, newJob, stages } from './jobs.ts';
import { deliverJob, type ManifestBooth, openManifestBooth, refuseJob } from './manifest-booth.ts';

const model = 'flux-2-pro/generate';
const asLines = (...values: unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');
const good = (prompt: string, more: object = {}) => ({ model, prompt, resolution: '0.5 MP', ...more });

/** The one result file there is, line by line. */
function resultsOf({ results }: ManifestBooth) {
  const [text = ''] = [...results.values()].map(({ lines }) => lines);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => lineResultSchema.parse(JSON.parse(line)));
}

async function endAll(mine: ManifestBooth): Promise<void> {
  const open = mine.booth.ledger.jobs().filter(({ end }) => !end);
  await mine.hear(open.map((job) => deliverJob(mine.booth, job)));
}

test('good lines become jobs of the caller, bad ones are reported, and everything is in the results', async () => {
  const mine = openManifestBooth();
  const lines = asLines(
    good('one', { id: 'first' }),
    { model, resolution: '9 MP', colour: 'red' },
    good('three', { maxPrice: '0.02' }),
  );
  await mine.drop('requests/batch.jsonl', `${lines}\n\nnot JSON\n[1]\n`);
  const jobs = mine.booth.ledger.jobs();
  expect(
    jobs.map(({ caller: who, manifest, maxPriceAtomic }) => [who, manifest?.line, maxPriceAtomic]),
  ).toEqual([
    [caller, 1, undefined],
    [caller, 3, '20000'],
  ]);
  expect(mine.booth.queued.map(({ jobId }) => jobId)).toEqual(jobs.map(({ jobId }) => jobId));
  expect(mine.notices).toEqual([]);

  const [first] = jobs;
  if (!first) throw new Error('There is no job.');
  const manifestId = first.manifest?.id ?? '';
  await mine.hear([deliverJob(mine.booth, first)]);
  // As it comes: the first line is there before the whole is.
  expect(mine.lines.get(`${manifestId} 1`)).toMatchObject({
    id: 'first',
    status: 'delivered',
    jobId: first.jobId,
  });
  expect(mine.lines.get(`${manifestId} 5`)).toMatchObject({ status: 'invalid', errors: [{ field: 'line' }] });
  expect(mine.results.size).toBe(0);
  await mine.hear([refuseJob(mine.booth, mine.booth.ledger.jobs()[1] ?? first)]);

  expect(resultsOf(mine)).toMatchObject([
    { line: 1, id: 'first', status: 'delivered', money: 'spent', cost: { usd: '$0.03' } },
    {
      line: 2,
      status: 'invalid',
      money: 'none',
      errors: [{ field: 'prompt' }, { field: 'resolution' }, { field: 'colour' }],
    },
    { line: 3, status: 'refused', money: 'none', reason: { name: 'PaymentRefused' } },
    { line: 5, status: 'invalid', errors: [{ field: 'line', message: 'is not JSON' }] },
    { line: 6, status: 'invalid', errors: [{ field: 'line', message: 'is not a JSON object' }] },
  ]);
  expect(mine.notices).toMatchObject([
    {
      name: 'ManifestFinished',
      detail: {
        caller,
        manifestId,
        key: 'requests/batch.jsonl',
        lines: 5,
        bad: 3,
        ended: { delivered: 1, refused: 1 },
        spentAtomic: '30000',
        openAtomic: '0',
        results: `results/${manifestId}/results.jsonl`,
      },
    },
  ]);
});

test('lines wait as their manifest, and what its caller asks for besides as the caller, whoever sends them', async () => {
  const mine = openManifestBooth();
  const { booth } = mine;
  await mine.drop('requests/batch.jsonl', asLines(good('one'), good('two')));
  const [first, second] = booth.ledger.jobs();
  if (!first || !second) throw new Error('There are no jobs.');
  const single = await submit(mine.desk(), caller, model, { prompt: 'alone' }, { jobId: newJob().jobId });
  if (!('job' in single)) throw new Error('It was not taken.');
  const group = first.manifest?.id;
  expect(group).not.toBe(caller);
  const all = [
    { jobId: first.jobId, group },
    { jobId: second.jobId, group },
    { jobId: single.job.jobId, group: caller },
  ];
  expect(booth.queued.splice(0)).toEqual(all);

  await cancel(mine.desk(), second);
  expect(booth.queued.splice(0)).toEqual([{ jobId: second.jobId, group }]);
  booth.clock.now += 120_000;
  await sweep(booth.process().ports);
  expect(booth.queued).toHaveLength(all.length);
  expect(booth.queued).toEqual(expect.arrayContaining(all));
});

test('a manifest of bad lines alone is closed at once', async () => {
  const mine = openManifestBooth();
  await mine.drop('requests/bad.jsonl', asLines({ model }, { model: 'nobody/generate', prompt: 'x' }));
  expect(mine.booth.ledger.jobs()).toEqual([]);
  expect(resultsOf(mine).map(({ errors }) => errors?.map(({ field }) => field))).toEqual([
    ['prompt'],
    ['model'],
  ]);
  expect(mine.notices.map(({ name }) => name)).toEqual(['ManifestFinished']);
});

describe('what comes twice is bought once', () => {
  const lines = [good('one'), good('two'), good('two'), good('three', { id: 'c' })];
  const drop = async (mine: ManifestBooth, values: unknown[], key = 'requests/a.jsonl') => {
    const before = new Set(mine.booth.ledger.jobs().map(({ jobId }) => jobId));
    await mine.drop(key, asLines(...values));
    return mine.booth.ledger.jobs().filter(({ jobId }) => !before.has(jobId)).length;
  };

  test('the same notification, and the same file under the same name', async () => {
    const mine = openManifestBooth();
    expect(await drop(mine, lines)).toBe(4);
    await mine.notify('requests/a.jsonl');
    expect(await drop(mine, lines)).toBe(0);
    await endAll(mine);
    expect(await drop(mine, lines)).toBe(0);
    expect(new Set(mine.notices.map(({ detail }) => detail.id)).size).toBe(1);
  });

  test('a line that has moved, and one that is called something else', async () => {
    const mine = openManifestBooth();
    await drop(mine, lines);
    expect(await drop(mine, [good('three', { id: 'another' }), ...lines.slice(0, 3)])).toBe(0);
  });

  test('a corrected manifest buys only what is new, and its results hold the rest as well', async () => {
    const mine = openManifestBooth();
    await drop(mine, [...lines, good('four', { seed: 'x' })]);
    await endAll(mine);
    mine.results.clear();
    expect(await drop(mine, [...lines, good('four', { seed: 4 }), good('two')])).toBe(2);
    await endAll(mine);
    expect(resultsOf(mine).map(({ line, status }) => [line, status])).toEqual(
      [1, 2, 3, 4, 5, 6].map((line) => [line, 'delivered']),
    );
    const [first, second] = mine.notices;
    expect(first?.detail).toMatchObject({ spentAtomic: '120000' });
    // Of six pictures, four were there.
    expect(second?.detail).toMatchObject({ ended: { delivered: 6 }, spentAtomic: '60000' });
  });

  test('lines that an earlier manifest still waits for are closed by the sweeper, since their events are its', async () => {
    const mine = openManifestBooth();
    await drop(mine, [good('one')]);
    await drop(mine, [good('one'), { model, prompt: '' }]);
    await endAll(mine);
    expect(mine.results.size).toBe(1);
    await mine.sweep();
    expect(mine.results.size).toBe(2);
    await mine.sweep();
    expect(mine.notices).toHaveLength(2);
  });

  test('but another name, another caller or another limit is another purchase', async () => {
    const mine = openManifestBooth();
    await drop(mine, lines);
    expect(await drop(mine, lines, 'requests/b.jsonl')).toBe(4);
    await mine.drop('requests/a.jsonl', asLines(...lines), undefined, 'AIDAANOTHER');
    expect(mine.booth.ledger.jobs().filter(({ caller: who }) => who === 'AIDAANOTHER')).toHaveLength(4);
    expect(await drop(mine, [good('one', { maxPrice: 1 })])).toBe(1);
  });
});

test('reuse takes what was delivered before, and buys nothing', async () => {
  const mine = openManifestBooth();
  await mine.drop('requests/a.jsonl', asLines(good('one')));
  await endAll(mine);
  mine.results.clear();
  await mine.drop('requests/b.jsonl', asLines(good('one', { reuse: true }), good('two', { reuse: true })));
  expect(mine.booth.ledger.jobs()).toHaveLength(2);
  await endAll(mine);
  const [reused] = resultsOf(mine);
  expect(reused).toMatchObject({ line: 1, status: 'delivered' });
  expect(mine.notices.at(-1)?.detail).toMatchObject({ ended: { delivered: 2 }, spentAtomic: '30000' });
});

test('a request that would be written down in another way today keeps the job it has', async () => {
  const mine = openManifestBooth();
  await mine.drop('requests/a.jsonl', asLines(good('one')));
  const [job] = mine.booth.ledger.jobs();
  if (!job) throw new Error('There is no job.');
  mine.booth.ledger.put({ ...job, body: '{"prompt":"one","resolution":"0.5 MP","version":1}' });
  await mine.drop('requests/a.jsonl', asLines(good('one'), good('two')));
  expect(mine.booth.ledger.jobs()).toHaveLength(2);
});

test('a line whose job was erased is not bought again, and keeps no other line from being bought', async () => {
  const mine = openManifestBooth();
  await mine.drop('requests/a.jsonl', asLines(good('one')));
  await endAll(mine);
  const [job] = mine.booth.ledger.jobs();
  if (!job) throw new Error('There is no job.');
  const { requestHash: _hash, asset: _asset, rendered: _links, ...kept } = job;
  mine.booth.ledger.put({ ...kept, caller: erasedCaller, body: '{}' });
  mine.results.clear();
  await mine.drop('requests/a.jsonl', asLines(good('one'), good('two')));
  expect(mine.booth.ledger.jobs()).toHaveLength(2);
  await endAll(mine);
  expect(resultsOf(mine)).toMatchObject([
    { line: 1, jobId: job.jobId, status: 'delivered' },
    { line: 2, status: 'delivered' },
  ]);
});

test("what a line refers to must be the caller's own", async () => {
  const mine = openManifestBooth();
  const theirs = stages(newJob({ caller: 'AIDAANOTHER' })).delivered;
  mine.booth.ledger.put(theirs);
  const own = stages().delivered;
  mine.booth.ledger.put(own);
  const edit = (...images: string[]) => ({ model: 'flux-2-pro/edit', prompt: 'x', images });
  const nine = Array.from({ length: 9 }, (_, index) => `https://pictures.example/${index}.png`);
  await mine.drop('requests/a.jsonl', asLines(edit(theirs.jobId), edit(own.jobId), edit(...nine)));
  const [id = ''] = [...mine.lines.keys()].map((key) => key.split(' ')[0]);
  expect(mine.lines.get(`${id} 1`)?.errors).toEqual([
    { field: 'images.0', message: 'is no delivered picture of yours' },
  ]);
  expect(mine.lines.get(`${id} 3`)?.errors).toMatchObject([{ field: 'images' }]);
  const bought = mine.booth.ledger.jobs().filter(({ manifest }) => manifest);
  expect(bought.map(({ manifest }) => manifest?.line)).toEqual([2]);
  expect(bought[0]?.references).toEqual([own.jobId]);
});

test('a manifest whose row cannot be read keeps no other one waiting, and is not passed over in silence', async () => {
  const mine = openManifestBooth();
  await mine.drop('requests/broken.jsonl', asLines(good('one')));
  mine.booth.clock.now += 1_000;
  await mine.drop('requests/sound.jsonl', asLines(good('two')));
  mine.booth.clock.now += 61_000;
  const [broken, sound] = mine.booth.ledger.jobs().map(({ manifest }) => manifest?.id ?? '');
  const unreadable: Watch = async (name, [manifestId]) => {
    if (name === 'manifests.read' && manifestId === broken)
      throw new Error(`MANIFEST#${broken} does not fit`);
    return undefined;
  };
  await expect(sweepManifests(mine.desk(unreadable))).rejects.toThrow(
    `1 not woken, first: MANIFEST#${broken}`,
  );
  expect(mine.woken).toEqual([sound]);
});
