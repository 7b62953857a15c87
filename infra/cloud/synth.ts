import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions } from './bundle.ts';
import { readSettings } from './settings.ts';
import { synthesise } from './synthesise.ts';

/**
 * `npm run synth`, and the app that the CDK command line runs: both take the settings of `cdk.json`, and of its stages the
 * one that `-c stage=NAME` (of the CDK) or `-- --stage NAME` (of npm) says.
 */
const root = join(import.meta.dirname, '../..');
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
  context: { coinbooth: unknown };
};

try {
  const stage = stageAsked();
  // What is wrong with them is said before anything is made.
  const { name } = readSettings(context.coinbooth, 'cloud', stage);
  const outdir = process.env.CDK_OUTDIR ?? join(root, 'cdk.out');
  const bundles = join(root, 'cdk.out/bundles');
  await bundleFunctions(bundles);
  const directory = synthesise(context.coinbooth, { outdir, bundles, stage });
  console.error(`Synthesised Keep and Service of ${name} to ${directory}.`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function stageAsked(): string | undefined {
  const { stage } = parseArgs({ options: { stage: { type: 'string' } } }).values;
  const given = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}') as { stage?: string };
  return stage ?? given.stage;
}
