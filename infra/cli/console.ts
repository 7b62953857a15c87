import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { makeKey } from '../console/guard.ts';
import { serveConsole } from '../console/serve.ts';
import { interruption } from '../local/interruption.ts';
import { withBooth } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import type { Place } from './open-api.ts';
import { coinbooth } from './program.ts';

const examples = `
Examples:
  ${coinbooth} console --stack Coinbooth
  ${coinbooth} console --local .coinbooth --port 8080

It is served on this machine alone, and signs what it asks with your own AWS credentials: nothing public is deployed.`;

/** `coinbooth console`: the booth in a browser. */
export function addConsole(program: Command): void {
  withBooth(program.command('console'))
    .description('serve the console on this machine, for a deployed booth or a running "npm start"')
    .option('--port <number>', 'on this machine; without it any that is free', readPort, 0)
    .addHelpText('after', examples)
    .action(open);
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return port;
}

async function open({ port, ...place }: Place & { readonly port: number }): Promise<void> {
  const deployment = await openDeployment(place);
  // Everybody on this machine reaches the port; what it signs is signed with this person's credentials.
  const key = makeKey();
  const server = await serveConsole(deployment, { port, key });
  console.log(`The console of ${deployment.name}: ${server.origin}/#key=${key}`);
  console.log('Ctrl-C ends it.');
  await once(interruption(), 'abort');
  await server.close();
}
