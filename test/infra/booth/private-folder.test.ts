import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimFolder } from '../../../infra/local/booth/claim-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const modeOf = async (folder: string): Promise<string> => ((await stat(folder)).mode & 0o777).toString(8);

test('a data folder is made for its owner alone', async () => {
  const folder = join(parent, 'a', 'data');
  await claimFolder(folder);
  expect(await modeOf(folder)).toBe('700');
});

test('a data folder that others could read is closed to them', async () => {
  const folder = join(parent, 'data');
  await mkdir(folder);
  await chmod(folder, 0o755);
  await claimFolder(folder);
  expect(await modeOf(folder)).toBe('700');
});

test('a data folder behind a link is closed as well', async () => {
  const folder = join(parent, 'data');
  await mkdir(folder);
  await chmod(folder, 0o755);
  await symlink(folder, join(parent, 'link'));
  await claimFolder(join(parent, 'link'));
  expect(await modeOf(folder)).toBe('700');
});

test('a folder that everybody shares is refused, and left as it is', async () => {
  const folder = join(parent, 'shared');
  await mkdir(folder);
  await chmod(folder, 0o1777);
  await expect(claimFolder(folder)).rejects.toThrow('give one of your own with --data-dir');
  expect((await stat(folder)).mode & 0o7777).toBe(0o1777);
});

test('a data folder that is a file is refused', async () => {
  await writeFile(join(parent, 'data'), '');
  await expect(claimFolder(join(parent, 'data'))).rejects.toThrow(/EEXIST|ENOTDIR/);
});
