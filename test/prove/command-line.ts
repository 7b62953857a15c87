import { randomInt } from 'node:crypto';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

export interface CommandLine {
  readonly size: 'quick' | 'full';
  readonly seed: number;
  /** Those asked for, or every one of the proof. */
  readonly names: readonly string[];
  /** Every suite of the proof, at the size whose figures the documents quote. */
  readonly isWhole: boolean;
  /** Tells of the first violation in full. */
  readonly isReplay: boolean;
  readonly json: boolean;
}

export const usage = `npm run prove -- [--full] [--suite NAME]… [--seed N] [--replay N] [--json] [--peer]
  --full       at the size whose figures the documents quote
  --suite      this suite alone; may be repeated
  --seed       draw everything from this number; without it one is drawn
  --replay     the same, and tell the first violation in full
  --json       the report as one line on stdout
  --peer       the same mishaps for a retry loop around the reference client and for Coinbooth, side by side`;

const options = {
  full: { type: 'boolean', default: false },
  suite: { type: 'string', multiple: true, default: [] },
  seed: { type: 'string' },
  replay: { type: 'string' },
  json: { type: 'boolean', default: false },
  peer: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

const largestSeed = 2 ** 31;
/** A comparison, and no part of the proof: run when it is asked for. */
const aside = 'peer';

/**
 * What `npm run prove` is asked to do.
 * @param known names of suites there are
 * @returns the run, or what is wrong with the arguments (usage, when it was asked for)
 */
export function readCommandLine(
  args: readonly string[],
  known: readonly string[],
): CommandLine | { readonly wrong: string } {
  let values: ReturnType<typeof parsed>;
  try {
    values = parsed(args);
  } catch (error) {
    return { wrong: `${(error as Error).message}\n${usage}` };
  }
  if (values.help) return { wrong: usage };
  const text = values.replay ?? values.seed;
  const seed = text === undefined ? randomInt(largestSeed) : Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed >= largestSeed)
    return { wrong: `A seed is a whole number from 0 to ${largestSeed - 1}, not ${text}.` };
  const unknown = values.suite.find((name) => !known.includes(name));
  if (unknown !== undefined) return { wrong: `There is no suite ${unknown}; there are ${known.join(', ')}.` };
  const asked = values.peer ? [...values.suite, aside] : values.suite;
  const proof = known.filter((name) => name !== aside);
  const names = asked.length > 0 ? known.filter((name) => asked.includes(name)) : proof;
  return {
    size: values.full ? 'full' : 'quick',
    seed,
    names,
    isWhole: values.full && proof.every((name) => names.includes(name)),
    isReplay: values.replay !== undefined,
    json: values.json,
  };
}

const parsed = (args: readonly string[]) => parseArgs({ args: [...args], options, strict: true }).values;
