import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

/** Real processes, each with a child that lives on its pipe as anvil does, and a folder that is gone when they end. */

let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
});
afterEach(() => {
  for (const { pid } of children.splice(0))
    if (pid !== undefined && isAlive(pid)) process.kill(-pid, 'SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const modules = join(import.meta.dirname, '../../../infra/local');

/** @param close what the process waits for after the first signal */
async function run(close: string) {
  const source = `
    import { spawn } from 'node:child_process';
    import { writeFile } from 'node:fs/promises';
    import { Worker } from 'node:worker_threads';
    import { interruption } from ${JSON.stringify(join(modules, 'interruption.ts'))};
    import { spawnAnvil } from ${JSON.stringify(join(modules, 'chain/spawn-anvil.ts'))};
    const signal = interruption();
    const anvil = await spawnAnvil({ chainId: 31337, blockTimeSeconds: 1, port: 0 });
    new Worker('setInterval(() => {}, 1000)', { eval: true });
    const pipe = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
    signal.addEventListener('abort', async () => { ${close} });
    console.log(JSON.stringify({ anvil: anvil.rpcUrl, pipe: pipe.pid }));
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', source], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { anvil, pipe } = JSON.parse(line) as { anvil: string; pipe: number };
  return { child, pid: child.pid ?? 0, anvil, pipe, exited };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const isAnswered = (rpcUrl: string) =>
  fetch(rpcUrl, { method: 'POST', body: '{}' }).then(
    () => true,
    () => false,
  );

test.each(['SIGINT', 'SIGTERM'] as const)(
  'a second %s ends at once what waits for ever, children included',
  async (signal) => {
    const { child, anvil, pipe, exited } = await run('await new Promise(() => {})');
    expect(await isAnswered(anvil)).toBe(true);
    child.kill(signal);
    await sleep(500);
    expect(child.exitCode).toBeNull();
    await rm(folder, { recursive: true, force: true });
    child.kill(signal);
    const [code] = await exited;
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
    while (isAlive(pipe) || (await isAnswered(anvil))) await sleep(50);
    folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  },
);

test('one alone ends it too, when what it waits for is gone', async () => {
  const { child, anvil, exited } = await run('await new Promise(() => {})');
  child.kill('SIGTERM');
  const [code] = await exited;
  expect(code).toBe(143);
  while (await isAnswered(anvil)) await sleep(50);
}, 60_000);

test('an orderly end is left to itself', async () => {
  const { child, anvil, exited } = await run('await anvil.close(); pipe.stdin.end(); process.exit(0);');
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(await isAnswered(anvil)).toBe(false);
});
