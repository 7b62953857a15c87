import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectPicture } from '../../../shared/core/picture.ts';
import { type AnnouncedBooth, json } from './run-cli.ts';

/** Buying on the command line. */
export function describeCallers(open: AnnouncedBooth): void {
  const inFolder = (name: string): string => join(open.folder, name);
  const small = ['-s', 'resolution=0.5 MP'];

  describe('one picture', () => {
    let jobId: string;

    test('generate buys it, shows it, and saves it', async () => {
      const out = inFolder('kite.webp');
      const { code, stdout, stderr } = await open.local('generate', 'a kite', ...small, '-o', out, '--json');
      expect([code, stderr]).toEqual([0, expect.stringContaining('complete, paid')]);
      const job = json(stdout);
      expect(job).toMatchObject({ status: 'complete', file: out, cost: { usd: '$0.02' } });
      expect(inspectPicture(await readFile(out))).toMatchObject({ format: 'webp', width: job.width });
      jobId = job.jobId ?? '';
    });

    test('edit uploads a file of this machine, and names a job', async () => {
      const { code, stdout } = await open.local('edit', 'winter', inFolder('kite.webp'), jobId, '--json');
      expect([code, json(stdout)]).toMatchObject([0, { status: 'complete', model: 'flux-2-pro/edit' }]);
    });

    test('jobs, show and watch tell of it', async () => {
      const { jobs } = json((await open.local('jobs', '-m', 'flux-2-pro/generate', '--json')).stdout);
      expect(jobs).toMatchObject([{ jobId, status: 'complete' }]);
      expect((await open.local('show', jobId)).stdout).toMatch(/status +complete\n.*\nprice +\$0\.02/s);
      expect((await open.local('watch', jobId)).code).toBe(0);
    });

    test('what cannot be saved is told of by its job, since it is bought', async () => {
      const nowhere = join(inFolder('kite.webp'), 'in-a-file.webp');
      const { code, stdout, stderr } = await open.local('show', jobId, '-o', nowhere, '--json');
      expect([code, stderr]).toEqual([1, expect.stringContaining('It is bought, but could not be saved')]);
      expect(json(stdout)).toMatchObject({ jobId, status: 'complete', unsaved: expect.any(String) });
    });

    test('cancel says that it is cancelled, however often it is asked', async () => {
      expect((await open.local('stop', 'a drill')).code).toBe(0);
      const asked = json((await open.local('generate', 'a kite', ...small, '--no-wait', '--json')).stdout);
      expect((await open.local('cancel', asked.jobId ?? '')).code).toBe(0);
      await open.booth.ended(asked.jobId ?? '');
      const again = await open.local('cancel', asked.jobId ?? '', '--json');
      expect([again.code, json(again.stdout)]).toMatchObject([0, { reason: { name: 'Cancelled' } }]);
      expect((await open.local('resume')).code).toBe(0);
    });

    test('a price is asked, and one that is too high is not paid', async () => {
      const quoted = await open.local('quote', 'a kite', '--max-price', '0.01');
      expect([quoted.code, quoted.stdout]).toEqual([1, expect.stringContaining('would not be paid')]);
      const refused = await open.local('generate', 'a kite', '--max-price', '0.01');
      expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('nothing was spent')]);
    });

    test('a name of the caller is one purchase, and is cancelled too late', async () => {
      const asked = ['generate', 'a kite', ...small, '--key', 'once', '--no-wait', '--json'];
      const first = json((await open.local(...asked)).stdout);
      expect(json((await open.local(...asked)).stdout)).toEqual(first);
      await open.booth.ended(first.jobId ?? '');
      const late = await open.local('cancel', first.jobId ?? '');
      expect([late.code, late.stdout]).toEqual([1, expect.stringContaining('ended already')]);
    });

    test.each([
      [['generate', '', '-s', 'seed=x', '--json'], 'seed: must be a number'],
      [['generate', '--json'], 'prompt: is missing'],
      [['generate', 'x', '-s', 'resolution=9 MP'], 'resolution: must be one of 0.5 MP, 1 MP, 2 MP'],
      [['generate', 'x', '-m', 'no-such'], 'There is no'],
      [['generate', 'x', '-m', 'nano-bananna'], 'Did you mean nano-banana/generate'],
      [['generate', 'x', '--stack', 'Coinbooth'], "cannot be used with option '--stack"],
      [['batch', 'no-such.csv'], 'There is no no-such.csv.'],
      [['edit', 'x', 'no-such.png'], 'is no file here'],
      [['show', 'd3b0f0f0-0000-4000-8000-000000000000'], 'no such job'],
      [['models', 'no-such'], 'lists what there is'],
      [['jobs', '--limit', '0'], 'a whole number, 1 or more'],
    ])('%j could not be asked', async (args, words) => {
      const { code, stderr } = await open.local(...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    });
  });

  test('a batch is checked whole, goes on where it was left, and buys nothing twice', async () => {
    const file = inFolder('covers.csv');
    const row = 'flux-2-pro/generate,0.5 MP';
    await writeFile(file, `model,resolution,id,prompt\n${row},a,kite\n${row},b,boat\nno/such,,c,x\n`);
    const checked = await open.local('batch', file, '--check', '--json');
    expect([checked.code, json(checked.stdout)]).toMatchObject([1, { good: 2, mostUsd: '$0.04' }]);

    const out = inFolder('covers');
    const first = await open.local('batch', file, '-o', out, '--json');
    expect(first.stderr).toContain('line 4: model There is no no/such.');
    expect(json(first.stdout)).toMatchObject({ complete: 2, failed: 0, bad: 1 });
    await mkdir(join(inFolder('half'), '0002-a.webp'), { recursive: true });
    const half = await open.local('batch', file, '-o', inFolder('half'), '--json');
    expect([half.code, json(half.stdout)]).toMatchObject([
      1,
      { complete: 1, lines: [{ status: 'failed', money: 'spent', reason: { name: 'Unsaved' } }, {}] },
    ]);
    const results = (await readFile(join(out, 'results.jsonl'), 'utf8')).trim().split('\n').map(json);
    expect(results).toMatchObject([
      { line: 2, id: 'a', status: 'complete', usd: '$0.02', file: join(out, '0002-a.webp') },
      { line: 3, id: 'b', status: 'complete' },
    ]);
    await writeFile(file, `model,resolution,id,prompt\n${row},b,boat\n${row},a,kite\n`);
    const again = await open.local('batch', file, '-o', out, '--json');
    expect([again.code, json(again.stdout)]).toMatchObject([0, { complete: 2 }]);
    const jobs = (lines: unknown) => (lines as { jobId: string }[]).map(({ jobId }) => jobId).toSorted();
    expect(jobs(json(again.stdout).lines)).toEqual(jobs(results));
  });
}
