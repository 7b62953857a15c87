#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addAcknowledge } from './acknowledge.ts';
import { addBudget } from './budget.ts';
import { addCatalogue } from './catalogue.ts';
import { addStop } from './stop.ts';

/**
 * `npx coinbooth`: how people operate a booth. A group of commands is a file, and adds itself here. Exit codes are the
 * same throughout: 0 all is well, 1 it is not, 2 it could not be asked.
 */

const program = new Command('coinbooth')
  .description('Buys pictures from pay-per-generation sellers inside your own AWS account.')
  .showHelpAfterError('(add --help for how to ask)')
  .exitOverride();

addStop(program);
addAcknowledge(program);
addBudget(program);
addCatalogue(program);

try {
  await program.parseAsync();
} catch (error) {
  // What is wrong with the command line has been said already.
  if (!(error instanceof CommanderError)) console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}
