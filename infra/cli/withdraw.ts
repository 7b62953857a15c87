import type { Command } from 'commander';
import { floatKey } from '../../shared/core/budget.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { nodesOf, type PaidAsset, paidAssets } from '../../shared/core/policy.ts';
import { isWithdrawal, withdrawalTerms } from '../../shared/core/withdrawal.ts';
import type { TransferCall } from '../../shared/protocol/eip3009.ts';
import { rpcTo, sendUnlocked } from '../local/chain/rpc.ts';
import { askWithdrawal, whenSigned } from './ask-withdrawal.ts';
import { type Common, facts, progress, tell, withPlace } from './booth-command.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { atomicOf } from './dollars.ts';
import { coinbooth } from './program.ts';
import { describeWithdrawal, viewWithdrawal, type WithdrawalView } from './withdrawal-view.ts';

const patienceMilliseconds = 60_000;

/** `coinbooth wallet withdraw` and `withdrawal`: money out of the wallet, to the address that the settings name. */
export function addWithdraw(wallet: Command): void {
  withPlace(wallet.command('withdraw'))
    .description('sign a transfer to your own treasury, for anyone with gas to submit')
    .argument('<amount>', 'dollars such as 25 or 0.50')
    .option('--asset <address>', 'which token, where more than one is paid with')
    .option('--yes', 'do it; without it, say only what would be signed')
    .option('--submit', 'submit it too, on the local chain of "npm start"')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} wallet withdraw 25
  ${coinbooth} wallet withdraw 25 --yes
  ${coinbooth} wallet withdraw 25 --yes --json
  ${coinbooth} wallet withdraw 5 --yes --submit --local .coinbooth

It goes to "treasury" in the settings of the deployed booth and to nobody else. What is held for purchases, and
budgets.floor, stay in the wallet; a stopped booth signs none. It can be submitted for an hour, and its amount is held
until a final block shows it settled or dead. The same command again shows the same authorization while it is open.
Exit code: 0 when it is signed, 1 when it is not.`,
    )
    .action(withdraw);
  withPlace(wallet.command('withdrawal'))
    .description('a withdrawal as it stands: what to submit while it is open, then what became of it')
    .argument('<job>', 'its id')
    .addHelpText('after', `\nExample:\n  ${coinbooth} wallet withdrawal JOB_ID`)
    .action(show);
}

async function withdraw(
  amount: string,
  options: Common & { asset?: string; yes?: boolean; submit?: boolean },
): Promise<void> {
  const deployment = await openDeployment(options);
  const { wallet, control, settings } = deployment;
  if (options.submit && !deployment.isLocal)
    throw new Error(
      'Only a booth of "npm start" has an account with gas: submit what is printed from one of yours.',
    );
  const amountAtomic = String(atomicOf(amount));
  if (amountAtomic === '0')
    throw new Error('There is nothing to withdraw: write dollars, such as 25 or 0.50.');
  const chosen = chooseAsset(deployment, options.asset);
  const terms = withdrawalTerms(chosen, settings.seller, settings.treasury, wallet);
  if ('refused' in terms) {
    const isUnset = chosen.rail === 'x402' && settings.treasury[chosen.network] === undefined;
    throw new Error(terms.refused + (isUnset ? howToSet : ''));
  }
  const { asset, treasury } = terms;
  const usd = formatUsd(amountAtomic, asset.decimals);
  if (!options.yes) {
    process.exitCode = 1;
    const row = await control.readBudget(floatKey(asset.network, asset.asset, wallet));
    const free = formatUsd(String(Math.max(0, row?.remaining ?? 0)), asset.decimals);
    const would = { from: wallet, treasury, network: asset.network, asset: asset.asset, amountAtomic, usd };
    return tell(options, { signed: false, would, free }, [
      ...facts({
        from: wallet,
        to: `${treasury}, the treasury`,
        amount: `${usd} of ${asset.asset} on ${asset.network}`,
        free: `${free} may be taken`,
      }),
      'Nothing is signed yet; add --yes.',
    ]);
  }
  const asked = await askWithdrawal(
    deployment,
    { network: asset.network, asset: asset.asset, amountAtomic },
    Date.now(),
  );
  progress(`asked the payer for ${usd} to ${treasury}`);
  const { jobId } = await whenSigned(deployment, asked, patienceMilliseconds);
  const { call } = await tellOf(options, deployment, jobId);
  if (!options.submit || !call) return;
  const transaction = await submitLocally(nodesOf(settings.chains[asset.network] ?? []).rpcUrls, call);
  progress(`submitted as ${transaction}; a final block shows it in a moment`);
}

async function show(jobId: string, options: Common): Promise<void> {
  await tellOf(options, await openDeployment(options), jobId);
}

/** From an account that the node holds unlocked, as a local chain's does. */
async function submitLocally([node = '']: readonly string[], { to, data }: TransferCall): Promise<string> {
  const rpc = rpcTo(node);
  const [from] = (await rpc('eth_accounts')) as string[];
  if (from === undefined) throw new Error('The node of this booth has no account of its own to submit from.');
  return sendUnlocked(rpc, { from, to, data, gasPrice: '0x0' });
}

async function tellOf(options: Common, deployment: Deployment, jobId: string): Promise<WithdrawalView> {
  const { ledger, settings } = deployment;
  const job = await ledger.read(jobId);
  if (!job || !isWithdrawal(job)) throw new Error(`There is no withdrawal ${jobId}.`);
  const view = await viewWithdrawal(deployment, job);
  const named = settings.treasury[view.network];
  if (view.treasury !== undefined && view.treasury !== named)
    progress(`The settings name ${named ?? 'no treasury'} by now; this one was signed for ${view.treasury}.`);
  if (view.state !== 'signed' && view.state !== 'settled') process.exitCode = 1;
  tell(options, view, describeWithdrawal(view, Date.now()));
  return view;
}

function chooseAsset({ settings: { seller } }: Deployment, said: string | undefined): PaidAsset {
  const paid = paidAssets(seller);
  const [only, ...others] =
    said === undefined
      ? paid.filter(({ rail }) => rail === 'x402')
      : paid.filter(({ asset }) => asset.toLowerCase() === said.toLowerCase());
  if (only && others.length === 0) return only;
  const names = paid.map(({ asset, network }) => `${asset} on ${network}`).join(', ');
  throw new Error(`Say which token with --asset; this booth pays with ${names}.`);
}

const howToSet =
  ' Name an address of yours that this account cannot sign for, by network: "treasury": { "eip155:8453": "0x…" } in' +
  ' the settings, with nodes of that network under "chains"; then deploy.';
