import { type Command, Option } from 'commander';
import { plainJson, plainLines } from '../../shared/core/plain-text.ts';

/** What every command takes that speaks to a booth. */
export interface Common {
  readonly local?: string;
  readonly stack?: string;
  readonly stage?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** Which booth is meant. */
export const withBooth = (command: Command): Command =>
  command
    .addOption(localOption())
    .option('--stack <name>', 'a deployed booth by the name of its stack; otherwise cdk.json here names it')
    .addOption(
      new Option('--stage <name>', 'one of the stages of cdk.json here').conflicts(['local', 'stack']),
    )
    .option('--region <name>', 'where it is deployed; otherwise AWS_REGION, or your profile, says it');

/** A command with the options of every command that speaks to a booth. */
export const withPlace = (command: Command): Command =>
  withBooth(command).option('--json', 'one JSON object on stdout');

/** Two booths cannot be meant at once. */
const localOption = (): Option =>
  new Option(
    '--local <folder>',
    'the booth that "npm start" runs, by its data folder (such as .coinbooth)',
  ).conflicts('stack');

/** Says a result: one JSON object for a program, lines for a person. */
export function tell(options: Common, result: object, lines: readonly string[]): void {
  if (options.json) console.log(plainJson(result));
  else for (const line of lines) console.log(plainLines(line));
}

/** Facts under their names, one a line; what is absent is left out. */
export const facts = (named: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(named).flatMap(([name, fact]) => (fact ? [`${name.padEnd(11)} ${fact}`] : []));

/** Progress goes to stderr, so that stdout is the result alone. */
export const progress = (line: string): void => console.error(plainLines(line));
