import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';

/** What npm starts, as people and supervisors end it: by a signal to npm alone. */

const root = join(import.meta.dirname, '../../..');
let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coinbooth-npm-'));
});
afterAll(async () => {
  for (const { pid = 0 } of children) if (isAlive(pid)) process.kill(-pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Whether any process of a group is left. */
function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** A process group of its own, so that what is left behind can be seen. */
async function npmRun(script: string, ready: string, ...args: string[]) {
  const child = spawn('npm', ['run', script, '--', '--port', '0', ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said.text += text;
    });
  while (!said.text.includes(ready)) {
    if (child.exitCode !== null) throw new Error(`ended without saying ${ready}: ${said.text}`);
    await sleep(50);
  }
  const gone = async (): Promise<void> => {
    while (isAlive(child.pid ?? 0)) await sleep(50);
  };
  return { child, said, gone };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

describe.concurrent('what npm runs', () => {
  test('SIGTERM to "npm run seller" ends seller and chain, whose log shows a visitor’s path escaped', async ({
    expect,
  }) => {
    const { child, said, gone } = await npmRun('seller', '"testKey"');
    const [origin = ''] = /(?<=seller at )http:\S+(?=,)/.exec(said.text) ?? [];
    await fetch(`${origin}/%1b]0;SEEN%07%1b[2J%c2%9b31m%e2%80%aered`);
    while (!said.text.includes('%E2%80%AEred')) await sleep(50);
    child.kill('SIGTERM');
    await gone();
    expect(said.text).toContain('closing');
    expect(said.text).not.toMatch(obeyed);
  });

  test('an npm that is killed leaves no seller behind', async () => {
    const { child, gone } = await npmRun('seller', '"testKey"');
    child.kill('SIGKILL');
    await gone();
  });

  test('SIGTERM to "npm start" ends everything in order', async ({ expect }) => {
    const { child, said, gone } = await npmRun('start', 'ready at', '--data-dir', join(folder, 'data'));
    child.kill('SIGTERM');
    await gone();
    expect(said.text).toContain('closing');
  });

  test('"npm start" ends when its data folder is removed, and makes none anew', async ({ expect }) => {
    const data = join(folder, 'removed');
    const { child, said, gone } = await npmRun('start', 'Ctrl-C ends everything', '--data-dir', data);
    const closed = once(child, 'close');
    await rm(data, { recursive: true });
    expect(await closed).toEqual([1, null]);
    await gone();
    expect(said.text).toContain(`${data} was removed`);
    expect(existsSync(data)).toBe(false);
  });
});
