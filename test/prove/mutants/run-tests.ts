import { join } from 'node:path';
import { createVitest } from 'vitest/node';

export interface TestRun {
  readonly passed: number;
  /** The first test that failed, with its file; undefined when none did. */
  readonly failed?: string;
}

/** One vitest over a copy of the sources, kept between runs: the start costs more than most files. */
export interface TestRunner {
  /** Forgets what was read of sources that were edited since; paths are relative to the copy. */
  changed(files: readonly string[]): void;
  /**
   * Runs test files.
   * @param title part of the titles that are run; every test without it
   * @throws when a file cannot be loaded
   */
  run(files: readonly string[], title?: string): Promise<TestRun>;
  close(): Promise<void>;
}

/** Longer than any of the files takes, were it the only one. */
const mostMilliseconds = 240_000;

export async function openTestRunner(folder: string): Promise<TestRunner> {
  const vitest = await createVitest('test', {
    root: join(folder, 'test'),
    config: false,
    include: ['**/*.test.ts'],
    environment: 'node',
    pool: 'threads',
    maxWorkers: 1,
    retry: 0,
    bail: 1,
    testTimeout: 120_000,
    watch: false,
    reporters: [{}],
  });
  await vitest.standalone();
  return {
    changed: (files) => {
      for (const file of files) vitest.invalidateFile(join(folder, file));
    },
    async run(files, title) {
      if (title === undefined) vitest.resetGlobalTestNamePattern();
      else vitest.setGlobalTestNamePattern(title);
      const paths = files.map((file) => join(folder, file));
      const specifications = (await vitest.globTestSpecifications()).filter(({ moduleId }) =>
        paths.includes(moduleId),
      );
      const timeout = setTimeout(() => void vitest.cancelCurrentRun('test-failure'), mostMilliseconds);
      const { testModules } = await vitest.runTestSpecifications(specifications);
      clearTimeout(timeout);
      // vitest reports the modules of earlier runs too.
      return resultOf(
        testModules.filter(({ moduleId }) => paths.includes(moduleId)),
        folder,
      );
    },
    close: () => vitest.close(),
  };
}

type Modules = Awaited<
  ReturnType<Awaited<ReturnType<typeof createVitest>>['runTestSpecifications']>
>['testModules'];

function resultOf(modules: Modules, folder: string): TestRun {
  let passed = 0;
  for (const module of modules) {
    const name = module.moduleId.slice(folder.length + 1);
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'failed') return { passed, failed: `${name}: ${test.fullName}` };
      if (state === 'passed') passed += 1;
    }
    // A file that cannot even be loaded proves nothing: the spoiled code would not run either.
    const [error] = module.errors();
    if (error) throw new Error(`${name} cannot be loaded: ${error.message.slice(0, 300)}`);
  }
  return { passed };
}
