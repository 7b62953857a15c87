import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type Finding, openFinding } from '../../shared/aws/dynamodb-chain.ts';
import { tokenKey } from '../../shared/core/budget.ts';
import { paidAssets } from '../../shared/core/policy.ts';
import { type Common, tell, withPlace } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';

/** `coinbooth acknowledge`: what the reconciler stopped over, and an operator's note that it is known. */
export function addAcknowledge(program: Command): void {
  withPlace(program.command('acknowledge'))
    .description('show what the chain has and the ledger cannot explain; with a reason, take note of it')
    .argument('[reason]', 'what it was: from then on looks at the chain go on past it')
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} acknowledge\n  ${coinbooth} acknowledge "we moved 20 dollars to the new wallet"` +
        '\n\nExit code: 0 when nothing is left to explain, 1 when something is. Signing stays stopped until "resume".',
    )
    .action(acknowledge);
}

async function acknowledge(reason: string | undefined, options: Common): Promise<void> {
  const { chainLedger, settings, wallet } = await openDeployment(options);
  const findings: (Finding & { token: string })[] = [];
  for (const { network, asset } of paidAssets(settings.seller)) {
    const token = tokenKey(network, asset, wallet);
    const finding = await openFinding(chainLedger, token);
    if (!finding) continue;
    const noted = reason === undefined ? undefined : { reason, by: userInfo().username, at: Date.now() };
    if (noted && !(await chainLedger.takeNote(token, finding, noted)))
      throw new Error(
        'A newer look at the chain has found more in this moment; look at it and say it again.',
      );
    findings.push({ token, ...finding, ...(noted && { noted }) });
  }
  if (reason === undefined && findings.length > 0) process.exitCode = 1;
  const lines = findings.flatMap(({ token, blockNumber, unexplained }) => [
    `${token}, up to block ${blockNumber}:`,
    ...unexplained.map((line) => `  ${line}`),
  ]);
  const end =
    findings.length === 0
      ? 'The ledger explains all that the chain shows.'
      : reason === undefined
        ? 'Find out what it was. Then say so: coinbooth acknowledge "what it was".'
        : 'Noted: the next look goes on past it. Signing stays stopped until "coinbooth resume".';
  tell(options, { findings }, [...lines, end]);
}
