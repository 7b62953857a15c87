import type { Job } from './job-book.ts';

/** The name of a job's result in its URL. */
export function resultFile({ jobId, drawing }: Pick<Job, 'jobId' | 'drawing'>): string {
  const extensions = { vector: 'svg', video: 'mp4' } as const;
  return `${jobId}.${drawing.kind === 'picture' ? drawing.format : extensions[drawing.kind]}`;
}

/** The name of a video's thumbnail in its URL. */
export function thumbnailFile({ jobId }: Pick<Job, 'jobId'>): string {
  return `${jobId}-thumbnail.jpg`;
}

/** @param file a name that one of the above gave. */
export function jobIdOf(file: string): string {
  return /^[a-z0-9]+/.exec(file)?.[0] ?? '';
}
