import { parseArgs } from 'node:util';

export interface BenchCommand {
  readonly names: readonly string[];
  readonly seed: number;
  readonly isShort: boolean;
  readonly json: boolean;
}

/**
 * What `npm run bench` is asked to do.
 * @param known names of the parts there are, with what each measures
 * @returns the run, or what is wrong with the arguments (usage, when it was asked for)
 */
export function readCommandLine(
  args: readonly string[],
  known: Readonly<Record<string, string>>,
): BenchCommand | { readonly wrong: string } {
  const usage = `npm run bench -- [PART]… [--short] [--seed N] [--json]
  --short  smaller, and not for documents
  --seed   draw everything from this number; 1 without it
  --json   the report as one line on stdout
${Object.entries(known)
  .map(([name, claim]) => `  ${name.padEnd(8)} ${claim}`)
  .join('\n')}`;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        short: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const seed = Number(values.seed);
    if (values.help || !Number.isInteger(seed) || seed < 0) return { wrong: usage };
    const unknown = positionals.find((name) => known[name] === undefined);
    if (unknown !== undefined) return { wrong: `There is no part ${unknown}.\n${usage}` };
    const names = positionals.length > 0 ? positionals : Object.keys(known);
    return { names, seed, isShort: values.short, json: values.json };
  } catch (error) {
    return { wrong: `${(error as Error).message}\n${usage}` };
  }
}
