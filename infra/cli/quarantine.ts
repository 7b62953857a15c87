import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { quarantinePrefix } from '../../shared/core/refused-result.ts';
import { type Common, tell, withPlace } from './booth-command.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';
import { readOrNot } from './read-or-not.ts';
import { discardResult, jobIdIn, NotInQuarantine, releaseResult } from './release-result.ts';

/** `coinbooth quarantine`: results that inspection refused. */
export function addQuarantine(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('results that inspection refused: look at them, give them to their callers, or remove them')
    .addHelpText('after', `\nWithout a command it lists them:\n  ${coinbooth} quarantine`);
  withPlace(quarantine.command('list', { isDefault: true }))
    .description('what is in quarantine, with the job and the reason of each')
    .action(list);
  withPlace(quarantine.command('get'))
    .description("save a result's bytes; open a stranger's file only where that does no harm")
    .argument('<key>', 'as the list names it', readKey)
    .requiredOption('-o, --out <file>', 'a file that is not there yet')
    .action(get);
  withPlace(quarantine.command('release'))
    .description('give a result to its caller as a download, at no further price')
    .argument('<key>', 'as the list names it', readKey)
    .addHelpText(
      'after',
      '\nA job that still runs is delivered. One that has ended keeps its end, and its answer names the file beside it.',
    )
    .action(release);
  withPlace(quarantine.command('discard'))
    .description('remove a result for good')
    .argument('<key>', 'as the list names it', readKey)
    .action(discard);
}

/** The prefix may be left out. */
const readKey = (text: string): string =>
  text.startsWith(quarantinePrefix) ? text : `${quarantinePrefix}${text}`;

export interface QuarantineLine {
  readonly key: string;
  readonly bytes: number;
  readonly jobId?: string | undefined;
  readonly caller?: string;
  readonly model?: string;
  readonly status?: string;
  readonly reason?: string | undefined;
  /** Unix milliseconds. */
  readonly at?: number | undefined;
}

/**
 * What lies in quarantine, with what the job of each says of it.
 * @param most lines that are wanted; each costs a read of its job
 */
export async function quarantineLines(
  { quarantine, ledger }: Deployment,
  most?: number,
): Promise<QuarantineLine[]> {
  const there = await quarantine.list();
  return Promise.all(
    there.slice(0, most).map(async ({ key, bytes }) => {
      const jobId = jobIdIn(key);
      const job = jobId === undefined ? undefined : await readOrNot(ledger, jobId);
      if (!job || job === 'unreadable') return { key, bytes, jobId };
      const entry = job.quarantine?.find((one) => one.key === key);
      const { caller, offering: model, status } = job;
      return { key, bytes, jobId, caller, model, status, reason: entry?.reason, at: entry?.at };
    }),
  );
}

async function list(options: Common): Promise<void> {
  const lines = await quarantineLines(await openDeployment(options));
  tell(
    options,
    { quarantine: lines },
    lines.length === 0
      ? ['Nothing is in quarantine.']
      : lines.map(({ key, bytes, status, model, reason }) =>
          [key, `${bytes} bytes`, model ?? '-', status ?? '-', reason ?? 'no job names it'].join('  '),
        ),
  );
}

async function get(key: string, options: Common & { out: string }): Promise<void> {
  const { quarantine } = await openDeployment(options);
  const bytes = await quarantine.read(key);
  if (!bytes) throw new NotInQuarantine(`There is nothing in quarantine under ${key}.`);
  await pipeline(bytes, createWriteStream(options.out, { flags: 'wx', mode: 0o600 }));
  tell(options, { key, saved: options.out }, [
    `saved as ${options.out}: inspection refused it, so open it with care`,
  ]);
}

async function release(key: string, options: Common): Promise<void> {
  const { jobId, did } = await releaseResult(await openDeployment(options), key);
  tell(options, { key, jobId, did }, [
    did === 'delivered'
      ? `job ${jobId} is delivered with it`
      : `job ${jobId} keeps its end, and its answer names the file`,
  ]);
}

async function discard(key: string, options: Common): Promise<void> {
  const jobId = await discardResult(await openDeployment(options), key);
  tell(options, { key, jobId, discarded: true }, [`removed; it was of job ${jobId}`]);
}
