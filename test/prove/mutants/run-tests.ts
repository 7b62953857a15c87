import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Of vitest's own report, what we read. */
const reportSchema = z.object({
  numPassedTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

export interface TestRun {
  readonly passed: number;
  /** The first test that failed, with its file; undefined when none did. */
  readonly failed?: string;
}

/** Longer than any of the files takes, were it the only one. */
const mostMilliseconds = 240_000;

/**
 * Runs test files of a copy of the house until one test fails.
 * @throws when the run says nothing, or a file cannot be loaded
 */
export async function runTests(folder: string, files: readonly string[]): Promise<TestRun> {
  const output = join(folder, 'vitest.json');
  rmSync(output, { force: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', '--bail', '1'];
  const report = ['--reporter', 'json', '--outputFile', output, '--maxWorkers', '1', '--pool', 'threads'];
  const said = await outputOf(folder, [
    ...args,
    ...report,
    ...files.map((file) => file.slice('test/'.length)),
  ]);
  if (!existsSync(output)) throw new Error(`vitest ended without a report: ${said.slice(-600)}`);
  const { numPassedTests, testResults } = reportSchema.parse(JSON.parse(readFileSync(output, 'utf8')));
  const named = (name: string): string => files.find((file) => name.endsWith(file)) ?? name;
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find((test) => test.status === 'failed');
    if (failed) return { passed: numPassedTests, failed: `${named(name)}: ${failed.fullName}` };
  }
  // A file that cannot even be loaded proves nothing: the spoiled code would not run either.
  const broken = testResults.find(({ status }) => status === 'failed');
  if (broken) throw new Error(`${named(broken.name)} cannot be loaded: ${broken.message.slice(0, 300)}`);
  return { passed: numPassedTests };
}

function outputOf(cwd: string, args: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  // A run that is itself inside of one of vitest's must not take its neighbour's place.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timeout = setTimeout(() => child.kill('SIGKILL'), mostMilliseconds);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-10_000);
    });
  child.on('close', () => {
    clearTimeout(timeout);
    resolve(said);
  });
  return promise;
}
