import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { CommandLine } from './command-line.ts';
import type { Report } from './report.ts';
import { runSuites, type Watch } from './run-suites.ts';

/** Runs suites and puts together what they say; two at a time, so that two cores are used. */
export async function prove(
  registry: string,
  { names, seed, size }: Pick<CommandLine, 'names' | 'seed' | 'size'>,
  watch: Watch,
): Promise<Report> {
  const from = performance.now();
  const suites = await runSuites({ registry, names, seed, size, watch, atOnce: 2 });
  return {
    size,
    seed,
    commit: commitHere(),
    node: process.version,
    cpus: availableParallelism(),
    seconds: Math.round((performance.now() - from) / 100) / 10,
    suites,
  };
}

/** A tree that came without its history has no commit to name. */
function commitHere(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', '../..') !== '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${isChanged ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
