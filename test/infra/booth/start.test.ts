import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-start-'));
});
afterEach(() => {
  for (const { pid } of children.splice(0))
    if (pid !== undefined && alive(pid)) process.kill(-pid, 'SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A process group of its own, so that what it leaves behind can be seen. */
function run(script: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: folder,
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const saying = async (words: string): Promise<void> => {
    while (!output.stdout.includes(words) && !output.stderr.includes(words)) {
      if (child.exitCode !== null) throw new Error(`ended without saying ${words}: ${output.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { child, pid: child.pid ?? 0, output, exited, saying };
}

/** Whether any process of a group is left. */
function alive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

const lastLine = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

test('buys a picture, serves the API, and leaves nothing behind after Ctrl-C', async () => {
  const start = run('infra/local/start.ts', [
    '--port',
    '0',
    '--json',
    '--data-dir',
    'data',
    '--fault',
    'lost-answer',
  ]);
  await start.saying('Ctrl-C ends everything');
  const first = lastLine(start.output.stdout) as { file: string; transactionSeenBy: string };
  expect(first).toMatchObject({
    status: 'delivered',
    money: 'open',
    format: 'webp',
    width: 1000,
    height: 1000,
    amountAtomic: '30000',
    transactionSeenBy: 'chain',
    event: { detailType: 'JobDelivered' },
  });
  expect(existsSync(first.file)).toBe(true);

  const [origin] = /http:\/\/127\.0\.0\.1:\d+(?=\/api)/.exec(start.output.stderr) ?? [];
  const taken = run('infra/local/start.ts', ['--port', new URL(origin ?? '').port, '--once']);
  const answer = await fetch(`${origin}/api/generate/flux-2-pro/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"prompt":"a second one"}',
  });
  const { jobId } = (await answer.json()) as { jobId: string };
  await start.saying(jobId);
  expect(lastLine(start.output.stdout)).toMatchObject({ jobId, status: 'delivered', money: 'spent' });

  expect(await taken.exited).toBe(1);
  expect(taken.output.stderr).toMatch(/Port \d+ is taken; give another with --port/);

  start.child.kill('SIGINT');
  expect(await start.exited).toBe(0);
  expect(alive(start.pid)).toBe(false);
});

test('buys from another seller with an imported key, and says whose word the transaction is', async () => {
  const seller = run('infra/local/seller/main.ts', ['--port', '0', '--render-seconds', '0.2']);
  await seller.saying('testKey');
  const { origin, payTo, network, asset, testKey } = lastLine(seller.output.stdout) as Record<string, string>;
  const args = ['--once', '--json', '--port', '0', '--data-dir', 'other', 'a boat at night'];
  const names = ['--seller', origin, '--payee', payTo, '--network', network, '--asset', asset].map(String);
  const start = run('infra/local/start.ts', [...names, ...args], { COINBOOTH_LOCAL_KEY: testKey ?? '' });
  expect(await start.exited).toBe(0);
  expect(lastLine(start.output.stdout)).toMatchObject({ status: 'delivered', transactionSeenBy: 'seller' });
  expect(start.output.stderr).not.toContain(String(testKey).slice(2));
});

test('buys a manifest, says how far it is, and puts results and pictures into the data folder', {
  timeout: 180_000,
}, async () => {
  const rows = [
    'model,id,prompt,resolution',
    'flux-2-pro/generate,=one,a kite,0.5 MP',
    'flux-2-pro/generate,two,a kite,9 MP',
  ];
  await writeFile(join(folder, 'two lines.csv'), rows.join('\r\n'));
  const args = ['--once', '--json', '--data-dir', 'batch', '--manifest', 'two lines.csv'];
  const start = run('infra/local/start.ts', args);
  // One of the two lines has no picture.
  expect(await start.exited).toBe(1);
  expect(start.output.stderr).toMatch(/manifest: \d of 1 ended, 1 bad lines/);
  const summary = lastLine(start.output.stdout) as { results: string };
  expect(summary).toMatchObject({
    key: 'requests/two lines.csv',
    finished: { lines: 2, bad: 1, ended: { delivered: 1 }, spentAtomic: '20000' },
  });
  const [good, bad] = (await readFile(summary.results, 'utf8'))
    .split('\n', 2)
    .map((line) => JSON.parse(line));
  expect(good).toMatchObject({ line: 2, id: '=one', status: 'delivered' });
  expect(bad).toMatchObject({ line: 3, status: 'invalid', errors: [{ field: 'resolution' }] });
  expect(existsSync(join(folder, 'batch', good.asset.key))).toBe(true);
  const table = await readFile(summary.results.replace('.jsonl', '.csv'), 'utf8');
  expect(table).toContain(`"2","'=one"`);
});

test('a manifest that is not there is said before anything is started', async () => {
  const start = run('infra/local/start.ts', ['--once', '--manifest', 'nowhere.csv']);
  expect(await start.exited).toBe(1);
  expect(start.output.stderr).toContain('nowhere.csv');
  expect(start.output.stderr).not.toContain('bundling');
});

test('a wrong option prints the usage and ends with 2', async () => {
  const start = run('infra/local/start.ts', ['--nope']);
  expect(await start.exited).toBe(2);
  expect(start.output.stderr).toContain('Usage: npm start');
  expect(start.output.stdout).toBe('');
});

test('two Ctrl-C while it starts end it at once, and leave no temporary files', async () => {
  const temporary = join(folder, 'temporary');
  await mkdir(temporary);
  const start = run('infra/local/start.ts', ['--once', '--data-dir', 'early'], { TMPDIR: temporary });
  await start.saying('bundling');
  await start.saying('sandbox seller');
  start.child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 400));
  start.child.kill('SIGINT');
  expect(await start.exited).toBe(130);
  expect((await readdir(temporary)).filter((name) => name.startsWith('coinbooth-'))).toEqual([]);
});
