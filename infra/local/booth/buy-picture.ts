import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JobEnded, jobEndedSchema } from '../../../shared/contracts/event.ts';
import { acceptedSchema, problemSchema } from '../../../shared/contracts/http.ts';
import type { World } from '../world/world.ts';
import { askApi } from './ask-api.ts';

/** What became of a job, as its event says it. */
export interface Ended {
  readonly detail: JobEnded;
  readonly detailType: string;
}

/**
 * Asks the running world for a picture as any caller would, by HTTP, and waits for the job's event.
 * @param request the seller's own request body
 * @param accepted told the job's id as soon as there is one
 * @throws Error with the problem document's words when the request is refused
 */
export async function buyPicture(
  world: World,
  request: Readonly<Record<string, unknown>>,
  accepted: (jobId: string) => void = () => {},
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  let jobId: string | undefined;
  const look = ({ detail, detailType }: Ended): void => {
    if (detail.jobId === jobId) resolve({ detail, detailType });
  };
  const stop = onEnded(world, look);
  try {
    const response = await askApi(world, '/api/generate/flux-2-pro/generate', request);
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(problemSchema.parse(answer).detail);
    jobId = acceptedSchema.parse(answer).jobId;
    accepted(jobId);
    return await promise;
  } finally {
    stop();
  }
}

/** Hears every job's end, once each: EventBridge delivers at least once. Returns the way to stop. */
export function onEnded(world: World, listener: (ended: Ended) => void): () => void {
  const heard = new Set<string>();
  return world.onEvent(({ event }) => {
    const detail = jobEndedSchema.safeParse(event.detail).data;
    if (!detail || heard.has(detail.id)) return;
    heard.add(detail.id);
    listener({ detail, detailType: event['detail-type'] });
  });
}

/** Copies a delivered picture out of the bucket. @returns the file's path, undefined when there is no picture */
export async function savePicture(
  world: World,
  { asset }: Pick<JobEnded, 'asset'>,
  folder: string,
): Promise<string | undefined> {
  const object = asset && world.object('Pictures', asset.key);
  if (!asset || !object) return undefined;
  const file = join(folder, asset.key);
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await writeFile(file, object.body);
  return file;
}
