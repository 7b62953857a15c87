import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type Common, tell, withPlace } from './booth-command.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';
import { readiness } from './readiness.ts';
import { readScope, turnScope } from './turn-scope.ts';

/** `coinbooth stop` and `resume`: whether anything may be signed, at all or for one caller, model or payee. */
export function addStop(program: Command): void {
  withPlace(program.command('stop'))
    .description('sign nothing and send nothing from now on, or nothing of one caller, model or payee')
    .argument('<reason>', 'why, for whoever looks next')
    .option('--only <scope>', 'a caller, model or payee alone, such as caller:AIDA…', readScope)
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} stop "the seller changed its payee"` +
        `\n  ${coinbooth} stop --only model:veo-3.1/generate "too dear this week"`,
    )
    .action(stop);
  withPlace(program.command('resume'))
    .description('allow signing, once the chain, the wallet and the payee are as they should be')
    .argument('[reason]', 'why, for whoever looks next', 'resumed by hand')
    .option(
      '--only <scope>',
      'a caller, model or payee that was stopped, by hand or for its losses',
      readScope,
    )
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} resume "payee confirmed with the seller"` +
        `\n  ${coinbooth} resume --only payee:0x07f0… "their outage is over"`,
    )
    .action(resume);
}

async function stop(reason: string, options: Common & { only?: string }): Promise<void> {
  const deployment = await openDeployment(options);
  if (options.only !== undefined) return turn(options, deployment, options.only, false, reason);
  const { control, name } = deployment;
  await control.writeSigning({ enabled: false, reason, by: userInfo().username, at: Date.now() });
  const says = `${name} is stopped: nothing is signed and nothing is sent. What was sent before may still settle.`;
  tell(options, { enabled: false, reason }, [says]);
}

async function resume(reason: string, options: Common & { only?: string }): Promise<void> {
  const deployment = await openDeployment(options);
  if (options.only !== undefined) return turn(options, deployment, options.only, true, reason);
  const findings = await readiness(deployment);
  const isReady = findings.every((finding) => finding.isReady);
  if (isReady)
    await deployment.control.writeSigning({ enabled: true, reason, by: userInfo().username, at: Date.now() });
  else process.exitCode = 1;
  const lines = findings.map(({ isReady: ready, name, says }) => `${ready ? 'ok ' : 'NOT'} ${name}: ${says}`);
  const end = isReady ? `${deployment.name} may sign.` : `${deployment.name} stays as it was.`;
  tell(options, { resumed: isReady, findings }, [...lines, end]);
}

async function turn(
  options: Common,
  deployment: Deployment,
  only: string,
  enabled: boolean,
  reason: string,
): Promise<void> {
  const { scope, wasStopped } = await turnScope(deployment, only, enabled, reason);
  const state = enabled ? (wasStopped ? 'is allowed again' : 'was not stopped') : 'is stopped';
  tell(options, { scope, enabled, reason }, [`${scope} ${state}.`]);
}
