import { availableParallelism } from 'node:os';
import type { CommandLine } from './command-line.ts';
import { commitHere } from './commit-here.ts';
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
