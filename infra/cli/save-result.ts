import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Job } from '../client/create-client.ts';
import { linkOf } from './describe-job.ts';

/**
 * Saves what a job brought.
 * @param out a file; or a folder (there, or written with a slash at its end), in which it is called after the job
 * @returns where it lies
 */
export async function saveResult(
  job: Extract<Job, { status: 'complete' }>,
  out: string,
  name = job.jobId,
): Promise<string> {
  const isFolder = /[/\\]$/.test(out) || (await stat(out).catch(() => undefined))?.isDirectory();
  const file = resolve(isFolder ? join(out, `${name}.${job.format}`) : out);
  const response = await fetch(linkOf(job) ?? '');
  if (!response.ok) throw new Error(`The result of ${job.jobId} cannot be fetched: ${response.status}.`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, new Uint8Array(await response.arrayBuffer()));
  return file;
}
