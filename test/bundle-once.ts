import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../infra/cloud/bundle.ts';
import { bundlesVariable } from './flow/test-booth.ts';

/** Bundles the functions once for every booth of a run, before the first test. Returns what takes them away again. */
export default async function bundleOnce(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'coinbooth-bundles-'));
  await bundleFunctions(folder);
  process.env[bundlesVariable] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
