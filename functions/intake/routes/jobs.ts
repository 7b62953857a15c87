import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { type JobListQuery, jobListQuerySchema } from '../../../shared/contracts/http.ts';
import type { WrongField } from '../../../shared/contracts/wrong-field.ts';
import type { Job } from '../../../shared/core/job-record.ts';
import { plainWords } from '../../../shared/core/plain-words.ts';
import { cancel } from '../cancel.ts';
import { wrongFields } from '../check.ts';
import type { Door, DoorEnvironment } from '../door.ts';
import { list } from '../list.ts';
import { invalid, notAllowed, problem } from '../problem.ts';
import { queryOf } from '../query-of.ts';
import { show } from '../show.ts';
import { preferredWait, waitForEnd } from '../wait.ts';
import { waitsFor } from '../waits-for.ts';

const unstored = { 'cache-control': 'no-store' };

/** `/api/jobs` and `/api/jobs/{jobId}`: the caller's own jobs. One of somebody else is not there. */
export function jobRoutes(app: Hono<DoorEnvironment>, door: Door): void {
  app.get('/api/jobs', async (c) => {
    const query = readQuery(queryOf(c));
    if ('wrong' in query) return invalid(query.wrong);
    const page = await list(door.ledger, c.env.caller, query);
    if (!page) return invalid([{ field: 'cursor', message: 'is no cursor of this list' }]);
    const jobs = await Promise.all(page.jobs.map((job) => show(door.pictures, job)));
    return c.json({ ...page, jobs }, 200, unstored);
  });
  app.all('/api/jobs', () => notAllowed('GET, HEAD'));

  app.get('/api/jobs/:jobId', async (c) => {
    const job = await mine(door, c);
    if (!job) return notThere();
    const seconds = preferredWait(c.req.header('prefer'));
    if (seconds === undefined)
      return c.json(await show(door.pictures, job, await waitsFor(door, job)), 200, unstored);
    const { endsAt } = c.env;
    const seen = await waitForEnd(door, job, { seconds, endsAt, signal: c.req.raw.signal });
    return c.json(await show(door.pictures, seen, await waitsFor(door, seen)), 200, {
      ...unstored,
      'preference-applied': `wait=${seconds}`,
      vary: 'prefer',
    });
  });

  app.delete('/api/jobs/:jobId', async (c) => {
    const job = await mine(door, c);
    if (!job) return notThere();
    const cancelled = await cancel(door, job);
    if ('tooLate' in cancelled) return problem('TooLate', cancelled.tooLate);
    return c.json(await show(door.pictures, cancelled.job), 202, unstored);
  });
  app.all('/api/jobs/:jobId', () => notAllowed('GET, HEAD, DELETE'));
}

async function mine(door: Door, c: Context<DoorEnvironment>): Promise<Job | undefined> {
  const jobId = z.uuid().safeParse(c.req.param('jobId')).data;
  const job = jobId === undefined ? undefined : await door.ledger.read(jobId);
  return job?.caller === c.env.caller ? job : undefined;
}

const notThere = (): Response => problem('NotFound', 'There is no such job of yours.');

/** A parameter that is given twice would be read in two ways by two readers. */
function readQuery(
  queries: Readonly<Record<string, readonly string[]>>,
): JobListQuery | { wrong: WrongField[] } {
  const twice = Object.entries(queries).filter(([, values]) => values.length > 1);
  const parsed = jobListQuerySchema.safeParse(
    Object.fromEntries(Object.entries(queries).map(([name, [value]]) => [name, value])),
    { error: plainWords },
  );
  const wrong = [
    ...twice.map(([field]) => ({ field, message: 'is given more than once' })),
    ...(parsed.error?.issues.flatMap(wrongFields) ?? []),
  ];
  return parsed.success && wrong.length === 0 ? parsed.data : { wrong };
}
