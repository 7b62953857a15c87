import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Result } from './report.ts';
import type { Message, Order } from './suite-process.ts';

/** How far each suite is, for the people who wait. */
export type Watch = (name: string, state: 'begins' | 'ends' | { done: number; total: number }) => void;

export interface Running extends Omit<Order, 'name'> {
  readonly names: readonly string[];
  /** How many at a time. */
  readonly atOnce: number;
  readonly watch: Watch;
  /** Passed on to the suite of this name, as variables of its process. */
}

/** Runs suites, each in a process of its own; one that throws, or dies, has failed by its name. */
export async function runSuites(running: Running): Promise<Result[]> {
  const results = new Map<string, Result>();
  const waiting = [...running.names];
  const lane = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      running.watch(name, 'begins');
      results.set(name, await runOne(running, name));
      running.watch(name, 'ends');
    }
  };
  await Promise.all(Array.from({ length: running.atOnce }, lane));
  return running.names.flatMap((name) => results.get(name) ?? []);
}

function runOne({ registry, seed, size, watch }: Running, name: string): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const from = performance.now();
  const order: Order = { registry, seed, size, name };
  const child = fork(join(import.meta.dirname, 'suite-process.ts'), [JSON.stringify(order)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let last = '';
  let result: Omit<Result, 'seconds'> | undefined;
  let failed: string | undefined;
  child.stderr?.on('data', (chunk: Buffer) => {
    last = `${last}${chunk}`.slice(-2_000);
  });
  child.on('message', (message: Message) => {
    if ('result' in message) ({ result } = message);
    else if ('failed' in message) ({ failed } = message);
    else watch(name, message);
  });
  child.on('close', (code, signal) => {
    const died = `its process ended with ${signal ?? code} and no result: ${last.trim()}`;
    const seconds = Math.round((performance.now() - from) / 100) / 10;
    resolve({ ...(result ?? failure(name, failed ?? died)), seconds });
  });
  return promise;
}

const failure = (name: string, why: string): Omit<Result, 'seconds'> => ({
  name,
  claim: 'It runs.',
  counts: {},
  violations: [`the suite ${name} failed: ${why}`],
  notes: [],
  zero: [],
});
