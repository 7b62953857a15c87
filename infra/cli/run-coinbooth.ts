import { Command, CommanderError } from 'commander';
import { plainJson, plainLines } from '../../shared/core/plain-text.ts';
import { Problem } from '../client/create-client.ts';
import { addAcknowledge } from './acknowledge.ts';
import { addBatch } from './batch.ts';
import { addBooks } from './books.ts';
import { addBudget } from './budget.ts';
import { readField } from './build-request.ts';
import { addBuy } from './buy.ts';
import { addCatalogue } from './catalogue.ts';
import { addClaims } from './claims.ts';
import { addCompletion } from './complete.ts';
import { addConsole } from './console.ts';
import { addDoctor } from './doctor.ts';
import { addErase } from './erase.ts';
import { fileWords } from './file-words.ts';
import { addHosts } from './hosts.ts';
import { addJobs } from './jobs.ts';
import { addMcp } from './mcp.ts';
import { addModels } from './models.ts';
import { coinbooth } from './program.ts';
import { addQuarantine } from './quarantine.ts';
import { addRedrive } from './redrive.ts';
import { addStop } from './stop.ts';
import { addWallet } from './wallet.ts';

/**
 * `npx --no-install coinbooth`: how people buy and operate. A group of commands is a file, and adds itself below. Exit codes are the
 * same throughout: 0 all is well, 1 it is not, 2 it could not be asked.
 * @param args without the program's own name
 * @returns the exit code
 */
export async function runCoinbooth(args: readonly string[]): Promise<number> {
  process.exitCode = 0;
  try {
    await makeProgram().parseAsync(['node', 'coinbooth', ...args]);
    return Number(process.exitCode);
  } catch (error) {
    // What is wrong with the command line has been said already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    sayError(error, args.includes('--json'));
    return 2;
  }
}

function makeProgram(): Command {
  const program = new Command('coinbooth')
    .description('Buys pictures from pay-per-generation sellers inside your own AWS account.')
    .showHelpAfterError('(add --help for how to ask)')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} generate "a lighthouse at dusk" --out lighthouse.webp --local .coinbooth
  ${coinbooth} jobs --status failed --stack Coinbooth
  source <(${coinbooth} complete bash)

Which booth: --local FOLDER for the one that "npm start" runs, --stack NAME for a deployed one, otherwise the one that
cdk.json here names, of its stages the one of --stage NAME; --region says where. COINBOOTH_API names an API by its address instead, COINBOOTH_TOKEN brings a token in the place of
your AWS credentials.

Exit codes: 0 all is well, 1 it is not, 2 it could not be asked. Progress is on stderr, results are on stdout.`,
    )
    .exitOverride()
    // Every client of the SDK looks there.
    .hook('preAction', (_program, command) => {
      const { region } = command.opts<{ region?: string }>();
      if (region !== undefined) process.env.AWS_REGION = region;
    });

  addBuy(program);
  addBatch(program);
  addJobs(program);
  addModels(program);
  addStop(program);
  addAcknowledge(program);
  addBudget(program);
  addDoctor(program);
  addWallet(program);
  addBooks(program);
  addClaims(program);
  addRedrive(program);
  addHosts(program);
  addQuarantine(program);
  addErase(program);
  addCatalogue(program);
  addConsole(program);
  addMcp(program);
  addCompletion(program);
  refuseTwice(program);
  return program;
}

/** Of an option that is given twice the last would count, and a person's own limit or name for a purchase be dropped. */
function refuseTwice(command: Command): void {
  for (const option of command.options) {
    if (option.isBoolean() || option.parseArg === readField) continue;
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) command.error(`error: option '${option.flags}' is given twice`);
      isGiven = true;
    });
  }
  command.commands.forEach(refuseTwice);
}

function sayError(error: unknown, asJson: boolean): void {
  const { name } = error instanceof Error ? error : new Error();
  const message = fileWords(error);
  const fields = error instanceof Problem ? error.fields : [];
  if (asJson) console.log(plainJson({ error: { name, message, fields } }));
  const lines = [message, ...fields.map(({ field, message: wrong }) => `  ${field}: ${wrong}`)];
  console.error(plainLines(lines.join('\n')));
}
