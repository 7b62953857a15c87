import type { Command } from 'commander';
import { hostsView, turnHost } from './allow-host.ts';
import { type Common, tell, withPlace } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';

/** `coinbooth hosts`: where results may lie. */
export function addHosts(program: Command): void {
  const hosts = program
    .command('hosts')
    .description('hosts that results may be fetched from, and those on which results are held')
    .addHelpText('after', `\nWithout a command it lists them:\n  ${coinbooth} hosts`);
  withPlace(hosts.command('list', { isDefault: true }))
    .description('the pin, what is allowed beside it, and where results are held')
    .action(list);
  withPlace(hosts.command('allow'))
    .description(
      'fetch results from a host that the pin does not list; waiting jobs are delivered within a minute',
    )
    .argument('<host>', 'as the list names it, such as abc.blobs.example')
    .addHelpText('after', `\nExample:\n  ${coinbooth} hosts allow abc.blobs.example`)
    .action((host: string, options: Common) => turn(host, true, options));
  withPlace(hosts.command('forbid'))
    .description('hold results of a host again that was allowed')
    .argument('<host>', 'as the list names it')
    .action((host: string, options: Common) => turn(host, false, options));
}

async function list(options: Common): Promise<void> {
  const view = await hostsView(await openDeployment(options));
  const { pin, allowed, held } = view;
  tell(options, view, [
    pin
      ? `results are fetched from ${pin.join(', ')} (seller.pictureOrigins)`
      : 'results are fetched from every public https host: nothing is pinned',
    ...allowed.map(({ origin, by, at }) => `allowed: ${origin}, by ${by}, ${timeOf(at)}`),
    ...held.map(({ origin, jobId, at }) => `held: ${origin}, job ${jobId}, ${timeOf(at)}`),
  ]);
}

async function turn(host: string, isAllowed: boolean, options: Common): Promise<void> {
  const origin = await turnHost(await openDeployment(options), host, isAllowed);
  tell(options, { origin, allowed: isAllowed }, [
    isAllowed
      ? `results on ${origin} are fetched from now on; waiting jobs ask for them within a minute`
      : `results on ${origin} are held from now on, unless seller.pictureOrigins lists it`,
  ]);
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 19);
