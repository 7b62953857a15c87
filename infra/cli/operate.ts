import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { type Finding, openFinding } from '../../shared/aws/dynamodb-chain.ts';
import type { Control } from '../../shared/aws/dynamodb-control.ts';
import { budgetRows, dayOf, type Limits, limitsSchema, tokenKey } from '../../shared/core/budget.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { scopeSchema } from '../../shared/core/switches.ts';
import { openDeployment } from './deployment.ts';
import { readiness } from './readiness.ts';

interface Common {
  readonly local?: string;
  readonly json?: boolean;
}

const withPlace = (command: Command): Command =>
  command
    .option('--local <folder>', 'the booth that "npm start" runs, by its data folder (such as .coinbooth)')
    .option('--json', 'one JSON object on stdout');

/** The commands of the person who answers for the money: what may be spent, and whether anything may be. */
export function addOperate(program: Command): void {
  withPlace(program.command('stop'))
    .description('sign nothing and send nothing from now on, or nothing of one caller, model or payee')
    .argument('<reason>', 'why, for whoever looks next')
    .option('--only <scope>', 'a caller, model or payee alone, such as caller:AIDA…', readScope)
    .addHelpText(
      'after',
      '\nExamples:\n  npx coinbooth stop "the seller changed its payee"' +
        '\n  npx coinbooth stop --only model:veo-3.1/generate "too dear this week"',
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
      '\nExamples:\n  npx coinbooth resume "payee confirmed with the seller"' +
        '\n  npx coinbooth resume --only payee:0x07f0… "their outage is over"',
    )
    .action(resume);
  withPlace(program.command('acknowledge'))
    .description('show what the chain has and the ledger cannot explain; with a reason, take note of it')
    .argument('[reason]', 'what it was: from then on looks at the chain go on past it')
    .addHelpText(
      'after',
      '\nExamples:\n  npx coinbooth acknowledge\n  npx coinbooth acknowledge "we moved 20 dollars to the new wallet"' +
        '\n\nExit code: 0 when nothing is left to explain, 1 when something is. Signing stays stopped until "resume".',
    )
    .action(acknowledge);
  const budget = program.command('budget').description('what may be spent per day (UTC), and what was');
  withPlace(budget.command('show', { isDefault: true }))
    .description('limits, and what of today is left, held and spent')
    .action(show);
  withPlace(budget.command('set'))
    .description('change one limit; it holds from the next payment on')
    .argument(
      '<scope>',
      'total, caller, model, payee, floor, unseen, losses, or one of a kind such as caller:AIDA…',
    )
    .argument('<amount>', 'dollars such as 25 or 0.50 (unseen, losses: a number of payments), or "none"')
    .addHelpText(
      'after',
      '\nExamples:\n  npx coinbooth budget set total 50\n  npx coinbooth budget set model:veo-3.1/generate 20',
    )
    .action(set);
}

async function stop(reason: string, options: Common & { only?: string }): Promise<void> {
  const { control, name } = await openDeployment(options);
  if (options.only !== undefined) return turn(options, control, options.only, false, reason);
  await control.writeSigning({ enabled: false, reason, by: userInfo().username, at: Date.now() });
  const says = `${name} is stopped: nothing is signed and nothing is sent. What was sent before may still settle.`;
  tell(options, { enabled: false, reason }, [says]);
}

async function resume(reason: string, options: Common & { only?: string }): Promise<void> {
  const deployment = await openDeployment(options);
  if (options.only !== undefined) return turn(options, deployment.control, options.only, true, reason);
  const findings = await readiness(deployment);
  const isReady = findings.every((finding) => finding.isReady);
  if (isReady)
    await deployment.control.writeSigning({ enabled: true, reason, by: userInfo().username, at: Date.now() });
  else process.exitCode = 1;
  const lines = findings.map(({ isReady: ready, name, says }) => `${ready ? 'ok ' : 'NOT'} ${name}: ${says}`);
  const end = isReady ? `${deployment.name} may sign.` : `${deployment.name} stays as it was.`;
  tell(options, { resumed: isReady, findings }, [...lines, end]);
}

async function turn(options: Common, control: Control, scope: string, enabled: boolean, reason: string) {
  await control.writeSwitch({ scope, enabled, reason, by: userInfo().username, at: Date.now() });
  tell(options, { scope, enabled, reason }, [`${scope} is ${enabled ? 'allowed again' : 'stopped'}.`]);
}

async function acknowledge(reason: string | undefined, options: Common): Promise<void> {
  const { chainLedger, settings } = await openDeployment(options);
  const findings: (Finding & { token: string })[] = [];
  for (const { network, asset } of settings.seller.assets) {
    const token = tokenKey(network, asset);
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

async function show(options: Common): Promise<void> {
  const { control, limits: preset, settings } = await openDeployment(options);
  const limits = (await control.readLimits()) ?? preset;
  const signing = await control.readSigning();
  const keys = keysOf(limits, settings.seller.assets[0], settings.seller.payees);
  const rows = await Promise.all(
    keys.map(async ({ key, scope, limit }) => {
      const { limit: total, held = 0, committed = 0 } = (await control.readBudget(key)) ?? {};
      return { scope, limit: limit ?? total ?? 0, held, committed };
    }),
  );
  const lines = rows.map(({ scope, limit = 0, held, committed }) =>
    scope === 'unseen'
      ? `${scope.padEnd(44)} ${held} of ${limit} payments out`
      : `${scope.padEnd(44)} ${usd(limit - held - committed)} left of ${usd(limit)}; held ${usd(held)}, spent ${usd(committed)}`,
  );
  const state = signing?.enabled ? 'signing' : `stopped: ${signing?.reason ?? 'nobody has resumed it yet'}`;
  const stopped = (await control.readSwitches()).filter(({ enabled }) => !enabled);
  const switches = stopped.map(({ scope, reason }) => `stopped: ${scope}: ${reason}`);
  const result = { signing: signing ?? { enabled: false }, stopped, limits, today: rows };
  tell(options, result, [state, ...switches, ...lines]);
}

/** The rows of today that can be named without asking who has bought what. */
function keysOf(
  limits: Limits,
  asset: { network: string; asset: string } | undefined,
  payees: readonly string[],
) {
  const day = dayOf(Date.now());
  const named = Object.entries(limits.named).map(([scope, limit]) => {
    const [kind = '', ...name] = scope.split(':');
    return { key: `${day}#${kind}#${name.join(':')}`, scope: scope.replace(':', ' '), limit };
  });
  const rows = payees.flatMap((payTo) =>
    budgetRows(limits, {
      caller: '',
      offering: '',
      payTo,
      network: asset?.network ?? '',
      asset: asset?.asset ?? '',
      day,
    }),
  );
  const plain = rows.filter(({ key }) => !/#(caller|model)#$/.test(key));
  const all = [...plain, ...named].map(({ limit, ...row }) => ({
    ...row,
    ...(limit !== undefined && { limit }),
  }));
  return [...new Map(all.map((row) => [row.key, row])).values()];
}

async function set(scope: string, amount: string, options: Common): Promise<void> {
  const { control, limits: preset } = await openDeployment(options);
  const before = (await control.readLimits()) ?? preset;
  const next = changed(before, scope, amount);
  if (!(await control.writeLimits(next)))
    throw new Error('Somebody else changed the limits in this moment; look at them and say it again.');
  tell(options, { limits: next }, [`${scope} is ${amount} from the next payment on.`]);
}

/** Limits that are numbers of payments, by the word of the command line. */
const countedScopes: Readonly<Record<string, string>> = { unseen: 'unseenPerPayee', losses: 'lossesPerHour' };

function readScope(text: string): string {
  const { data, error } = scopeSchema.safeParse(text);
  if (data === undefined)
    throw new InvalidArgumentError(error.issues[0]?.message ?? 'There is no such scope.');
  return data;
}

function changed(before: Limits, scope: string, amount: string): Limits {
  const counted = countedScopes[scope];
  const value = amount === 'none' ? undefined : counted ? Number(amount) : atomic(amount);
  const next: Record<string, unknown> = {
    ...before,
    version: before.version + 1,
    named: { ...before.named },
  };
  if (scope.includes(':')) (next.named as Record<string, unknown>)[scope] = value;
  else next[counted ?? scope] = value;
  const parsed = limitsSchema.safeParse(JSON.parse(JSON.stringify(next)));
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new Error(`There is no such limit: ${why}`);
}

function atomic(amount: string): number {
  if (!/^\$?\d{1,6}(\.\d{1,6})?$/.test(amount))
    throw new Error(`"${amount}" is no amount: write dollars, such as 25 or 0.50.`);
  return Math.round(Number(amount.replace('$', '')) * 1_000_000);
}

const usd = (amountAtomic: number): string =>
  `${amountAtomic < 0 ? '-' : ''}${formatUsd(String(Math.abs(amountAtomic)), 6)}`;

function tell(options: Common, result: object, lines: readonly string[]): void {
  if (options.json) console.log(JSON.stringify(result));
  else for (const line of lines) console.log(line);
}
