import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDeployment } from '../../../infra/cli/deployment.ts';
import { tokenKey } from '../../../shared/core/budget.ts';
import type { TestBooth } from '../../flow/test-booth.ts';
import { type AnnouncedBooth, coinbooth, openAnnouncedBooth } from './run-cli.ts';

/** What may be spent, and whether anything may be: said on the command line to a running booth. */

let announced: AnnouncedBooth;
let booth: TestBooth;
let folder: string;
let local: AnnouncedBooth['local'];
beforeAll(async () => {
  announced = await openAnnouncedBooth();
  ({ booth, folder, local } = announced);
});
afterAll(() => announced?.close());

const request = { prompt: 'a purse', resolution: '0.5 MP' };

test('stop: nothing is signed; resume: only when chain, wallet and payee are as they should be', async () => {
  const stopped = await local('stop', 'a drill');
  expect([stopped.code, stopped.stdout]).toEqual([0, expect.stringContaining('is stopped')]);
  const jobId = await booth.submit(request);
  expect((await local('budget')).stdout).toContain('stopped: a drill');
  expect((await booth.get(jobId)).status).toBe('pending');

  const resumed = await local('resume', '--json');
  expect([resumed.code, resumed.stderr]).toEqual([0, '']);
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    resumed: true,
    findings: [
      { name: 'chain', isReady: true },
      { name: 'wallet', isReady: true, says: expect.stringContaining('$100.00') },
      { name: 'payee', isReady: true, says: expect.stringContaining(booth.sandbox?.seller.payTo ?? '') },
    ],
  });
  expect((await booth.ended(jobId)).detail.status).toBe('delivered');
});

test('resume says what is not ready, and changes nothing', async () => {
  await local('stop', 'the payee looks odd');
  booth.sandbox?.seller.faults.set('no-acceptable-requirements', { times: 1 });
  const refused = await local('resume');
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/ok {2}chain.*\nok {2}wallet.*\nNOT payee: No payment option/);
  expect((await local('budget')).stdout).toContain('stopped: the payee looks odd');
  expect((await local('resume')).code).toBe(0);
});

test('budget: shown, changed, and held to from the next payment on', async () => {
  expect((await local('budget', 'set', 'total', '0.05')).stdout).toContain('total is 0.05');
  const { detail } = await booth.ended(await booth.submit(request));
  expect(detail.status).toBe('delivered');
  const over = await booth.ended(await booth.submit({ ...request, resolution: '2 MP' }));
  expect(over.detail).toMatchObject({ status: 'refused', reason: { name: 'PaymentRefused' } });
  const shown = await local('budget', 'show', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({ signing: { enabled: true }, limits: { total: 50_000 } });
  expect((await local('budget')).stdout).toMatch(/total +\$0\.01 left of \$0\.05/);

  expect((await local('budget', 'set', 'model:flux-2-pro/generate', '0.01')).code).toBe(0);
  expect((await local('budget', 'set', 'total', '25')).code).toBe(0);
  const named = await booth.ended(await booth.submit(request));
  expect(named.detail.reason?.message).toContain('model flux-2-pro/generate');
  expect((await local('budget', 'set', 'model:flux-2-pro/generate', 'none')).code).toBe(0);
  expect((await booth.ended(await booth.submit(request))).detail.status).toBe('delivered');
});

test('stop --only: one model waits while all else goes on', async () => {
  const only = ['--only', 'model:flux-2-pro/generate'];
  expect((await local('stop', ...only, 'too dear')).stdout).toContain('is stopped');
  const waiting = await booth.submit(request);
  expect((await local('budget')).stdout).toContain('signing\nstopped: model:flux-2-pro/generate: too dear');
  expect((await local('budget', 'set', 'losses', '5')).code).toBe(0);
  expect((await booth.get(waiting)).status).toBe('pending');
  expect((await local('resume', ...only)).stdout).toContain('allowed again');
  expect((await booth.ended(waiting)).detail.status).toBe('delivered');
});

test('acknowledge: what cannot be explained keeps signing stopped until somebody takes note of it', async () => {
  expect(await local('acknowledge')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('explains all'),
  });
  const { chainLedger, settings, wallet } = await openDeployment({ local: folder });
  const [asset] = settings.seller.assets;
  if (!asset) throw new Error('The booth pays with something.');
  const unexplained = ['transaction 0xabc moves money without an authorization'];
  await chainLedger.noteFinding(tokenKey(asset.network, asset.asset, wallet), {
    blockNumber: 1_000_000,
    unexplained,
    at: Date.now(),
  });
  const refused = await local('resume');
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringMatching(/NOT ledger: .*0xabc/)]);
  const shown = await local('acknowledge', '--json');
  expect([shown.code, JSON.parse(shown.stdout)]).toMatchObject([1, { findings: [{ unexplained }] }]);
  expect((await local('acknowledge', 'moved by hand')).stdout).toContain('Noted');
  expect((await local('acknowledge')).code).toBe(0);
  expect((await local('resume')).code).toBe(0);
});

test.each([
  [['stop', '--only', 'everybody', 'why'], 'must be a caller, model or payee'],
  [['budget', 'set', 'total', 'much'], 'is no amount'],
  [['budget', 'set', 'colour', '5'], 'There is no such limit'],
  [['stop'], "missing required argument 'reason'"],
])('%j is refused in words, with 2', async (args, words) => {
  const { code, stderr } = await local(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

test('a booth that does not run is said to be missing', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  const { code, stderr } = await coinbooth('budget', '--local', empty);
  expect([code, stderr]).toEqual([2, expect.stringContaining('start a booth')]);
  await writeFile(join(empty, 'running.json'), '{}');
  expect((await coinbooth('budget', '--local', empty)).code).toBe(2);
  await rm(empty, { recursive: true, force: true });
});
