import { type Command, InvalidArgumentError, Option } from 'commander';
import type { JobsQuery } from '../client/create-client.ts';
import { type Common, tell, withPlace } from './booth-command.ts';
import { describeJob, jobLine } from './describe-job.ts';
import { type Following, followJob, tellOfJob } from './follow-job.ts';
import { openApi } from './open-api.ts';
import { coinbooth } from './program.ts';

/** The commands that look at what was asked for: `jobs`, `show`, `watch`, `cancel`. */
export function addJobs(program: Command): void {
  withPlace(program.command('jobs'))
    .description('your jobs, newest first')
    .addOption(
      new Option('--status <status>', 'only those that are so').choices([
        'pending',
        'processing',
        'complete',
        'failed',
      ]),
    )
    .option('-m, --model <name>', 'flux-2-pro, or flux-2-pro/generate')
    .option('--since <time>', 'accepted then or later, such as 2026-11-25 or 2026-11-25T14:00Z', readTime)
    .option('--until <time>', 'accepted before', readTime)
    .option('-n, --limit <number>', 'so many at the most', readCount, 20)
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} jobs --status failed --since 2026-11-25\n  ${coinbooth} jobs -n 500 --json`,
    )
    .action(list);
  withPlace(program.command('show'))
    .description('where a job is, with what it cost and a link to what it brought')
    .argument('<job>', 'its id')
    .option('-o, --out <file>', 'save what it brought as this file, or in this folder')
    .addHelpText('after', `\nExample:\n  ${coinbooth} show JOB_ID --out picture.webp`)
    .action(async (jobId: string, options: Following) =>
      tellOfJob(await (await openApi(options)).job(jobId), options),
    );
  withPlace(program.command('watch'))
    .description('wait for the end of a job')
    .argument('<job>', 'its id')
    .option('-o, --out <file>', 'save what it brings as this file, or in this folder')
    .addHelpText(
      'after',
      `\nExample:\n  ${coinbooth} watch JOB_ID --out picture.webp` +
        '\n\nExit code: 0 when it is there, 1 when it was refused or failed, 2 when it could not be asked.',
    )
    .action(async (jobId: string, options: Following) => followJob(await openApi(options), jobId, options));
  withPlace(program.command('cancel'))
    .description('cancel a job of which nothing is signed')
    .argument('<job>', 'its id')
    .addHelpText(
      'after',
      `\nExample:\n  ${coinbooth} cancel JOB_ID\n\nExit code: 0 when it is cancelled, 1 when it is too late for that.`,
    )
    .action(cancel);
}

async function list(options: Common & JobsQuery & { limit: number }): Promise<void> {
  const client = await openApi(options);
  const {
    local: _local,
    stack: _stack,
    stage: _stage,
    region: _region,
    json: _json,
    limit,
    ...query
  } = options;
  const isAll = Object.keys(query).length === 0;
  const jobs = [];
  let cursor: string | undefined;
  do {
    const most = Math.min(limit - jobs.length, 100);
    const page = await client.jobs({ ...query, limit: most, ...(cursor !== undefined && { cursor }) });
    jobs.push(...page.jobs);
    cursor = page.nextCursor;
  } while (cursor !== undefined && jobs.length < limit);
  tell(
    options,
    { jobs },
    jobs.length > 0
      ? jobs.map(jobLine)
      : [isAll ? 'You have no jobs yet.' : 'None of your jobs is like that.'],
  );
}

async function cancel(jobId: string, options: Common): Promise<void> {
  const client = await openApi(options);
  try {
    const job = await client.cancel(jobId);
    // Also one that has ended by now, as what it is: that is no failure here.
    tell(options, job, describeJob(job));
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'TooLate') throw error;
    process.exitCode = 1;
    tell(options, { jobId, cancelled: false, reason: { name, message } }, [message]);
  }
}

function readTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-11-25T14:00Z.');
  return time;
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return Number(text);
}
