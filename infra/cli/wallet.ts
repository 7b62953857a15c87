import type { Command } from 'commander';
import { type Common, facts, tell, withPlace } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';
import { type Holding, lookAtWallet } from './wallet-view.ts';
import { addWithdraw } from './withdraw.ts';

/** `coinbooth wallet`: whose money it is that is spent. */
export function addWallet(program: Command): void {
  const wallet = program
    .command('wallet')
    .description('the wallet that pays: its address, what it holds, and money out of it')
    .addHelpText('after', `\nWithout a command it shows address and balances:\n  ${coinbooth} wallet`);
  withPlace(wallet.command('show', { isDefault: true }))
    .description('address and balances, in the newest final block')
    .addHelpText('after', `\nExamples:\n  ${coinbooth} wallet\n  ${coinbooth} wallet show --json`)
    .action(show);
  withPlace(wallet.command('address'))
    .description('the address alone, to send the token to')
    .addHelpText('after', `\nExample:\n  ${coinbooth} wallet address`)
    .action(async (options: Common) => {
      const { wallet: address } = await openDeployment(options);
      tell(options, { address }, [address]);
    });
  addWithdraw(wallet);
}

async function show(options: Common): Promise<void> {
  const sight = await lookAtWallet(await openDeployment(options));
  tell(options, sight, [...facts({ address: sight.address }), ...sight.holdings.flatMap(describeHolding)]);
}

const describeHolding = ({ network, asset, balance, free, held, unknown }: Holding): string[] =>
  facts({
    token: `${asset} on ${network}`,
    balance: balance ? `${balance.usd} in final block ${balance.block}` : `unknown: ${unknown}`,
    free: free && `${free} may still be reserved, ${held} is held`,
  });
