import type { Result } from './report.ts';
import type { Proving } from './suite.ts';
import type { Registry } from './suites.ts';

/** The process that runs one suite: told which by its arguments, heard by messages. */
export interface Order extends Pick<Proving, 'seed' | 'size'> {
  /** The module that exports `suites`. */
  readonly registry: string;
  readonly name: string;
}

export type Message =
  | { readonly done: number; readonly total: number }
  | { readonly result: Omit<Result, 'seconds'> }
  | { readonly failed: string };

const tell = (message: Message): void => void process.send?.(message);

async function run({ registry, name, seed, size }: Order): Promise<Message> {
  try {
    const { suites } = (await import(registry)) as { suites: Registry };
    const suite = await suites[name]?.();
    if (!suite) return { failed: `there is no suite ${name}` };
    let toldAt = 0;
    const progress = (done: number, total: number): void => {
      if (Date.now() - toldAt < 200) return;
      toldAt = Date.now();
      tell({ done, total });
    };
    const { counts, violations, notes = [] } = await suite.prove({ seed, size, progress });
    const { claim, zero } = suite;
    return {
      result: { name, claim, counts, violations: [...violations], notes: [...notes], zero: [...zero] },
    };
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const message = await run(JSON.parse(process.argv[2] ?? '{}') as Order);
// What a suite left open must not keep the whole proof waiting.
process.send?.(message, () => process.exit());
