import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whenRemoved } from '../../../infra/local/booth/when-removed.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  folder = join(parent, 'data');
  await mkdir(folder);
});
afterEach(() => rm(parent, { recursive: true, force: true }));

test.each([
  ['removed', () => rm(folder, { recursive: true })],
  ['moved away', () => rename(folder, join(parent, 'elsewhere'))],
  [
    'replaced by another',
    async () => {
      await rename(folder, join(parent, 'elsewhere'));
      await mkdir(folder);
    },
  ],
])('a folder that is %s is told of once', async (_how, change) => {
  let told = 0;
  const stop = await whenRemoved(folder, () => {
    told += 1;
  });
  await change();
  await sleep(1_600);
  stop();
  expect(told).toBe(1);
});

test('what is written into a folder is not told of, nor what happens after the end of the watch', async () => {
  let told = 0;
  const stop = await whenRemoved(folder, () => {
    told += 1;
  });
  await writeFile(join(folder, 'picture'), '');
  await sleep(700);
  stop();
  await rm(folder, { recursive: true });
  await sleep(700);
  expect(told).toBe(0);
});
