import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { catalogue } from '../../shared/core/catalogue.ts';

/** `coinbooth complete SHELL`: the commands, their options and the models, completed by the shell. Comes last. */
export function addCompletion(program: Command): void {
  const root = tab(program);
  for (const name of ['generate', 'edit', 'quote', 'jobs']) {
    const model = root.commands.get(name)?.options.get('model');
    if (!model) throw new Error(`"${name}" takes no model.`);
    model.handler = (complete) => {
      for (const [offering, { title }] of Object.entries(catalogue)) complete(offering, title);
    };
  }
}
