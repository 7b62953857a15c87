import type { Command } from 'commander';

/** What every command takes that speaks to a booth. */
export interface Common {
  readonly local?: string;
  readonly json?: boolean;
}

/** A command with the options of every command that speaks to a booth. */
export const withPlace = (command: Command): Command =>
  command
    .option('--local <folder>', 'the booth that "npm start" runs, by its data folder (such as .coinbooth)')
    .option('--json', 'one JSON object on stdout');

/** Says a result: one JSON object for a program, lines for a person. */
export function tell(options: Common, result: object, lines: readonly string[]): void {
  if (options.json) console.log(JSON.stringify(result));
  else for (const line of lines) console.log(line);
}
