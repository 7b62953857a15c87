import type { Ledger, ListCursor } from '../../shared/aws/dynamodb.ts';
import type { JobListQuery } from '../../shared/contracts/http.ts';
import { isOurOwn, type Job, publicStatus } from '../../shared/core/job-record.ts';
import { decodeCursor, encodeCursor } from './list-cursor.ts';

/** So many rows are looked at in one call at the most; whoever filters much out gets a cursor to go on with. */
const mostPages = 4;
const pageRows = 50;

/** After every place in the order of the list that has the same time. */
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * A page of the caller's own jobs, newest first. The index is asked for this caller alone, so that a cursor of
 * somebody else's leads to nothing but the asker's own rows.
 * @returns the jobs, and where to go on if there may be more; undefined when the cursor is none
 */
export async function list(
  ledger: Pick<Ledger, 'list'>,
  caller: string,
  query: JobListQuery,
): Promise<{ jobs: readonly Job[]; nextCursor?: string } | undefined> {
  const start = startOf(query);
  if (start === 'malformed') return undefined;
  const { limit, since = 0 } = query;
  const hasFilter = query.status !== undefined || query.model !== undefined || query.until !== undefined;
  // One more than is asked for tells whether there are more.
  const rows = hasFilter ? Math.max(pageRows, limit + 1) : limit + 1;

  const jobs: Job[] = [];
  let place = start;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await ledger.list(caller, { limit: rows, before: place });
    for (const job of page.jobs) {
      if (job.acceptedAt < since) return { jobs };
      if (jobs.length === limit && place) return { jobs, nextCursor: encodeCursor(place) };
      if (fits(job, query)) jobs.push(job);
      place = { acceptedAt: job.acceptedAt, jobId: job.jobId };
    }
    if (!page.next) return { jobs };
    place = page.next;
  }
  return place ? { jobs, nextCursor: encodeCursor(place) } : { jobs };
}

/** Where to begin: after the cursor, or at the time that is the end of what is asked for. */
function startOf({ cursor, until }: JobListQuery): ListCursor | undefined | 'malformed' {
  if (cursor !== undefined) return decodeCursor(cursor) ?? 'malformed';
  return until === undefined ? undefined : { acceptedAt: until, jobId: lastId };
}

function fits(job: Job, { status, model, until }: JobListQuery): boolean {
  if (isOurOwn(job) || (until !== undefined && job.acceptedAt >= until)) return false;
  if (status !== undefined && publicStatus(job) !== status) return false;
  return model === undefined || job.offering === model || job.offering.startsWith(`${model}/`);
}
