import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from './bundle.ts';
import { synthesise } from './synthesise.ts';

/** `npm run synth`, and the app that the CDK command line runs: both take the settings of `cdk.json`. */
const root = join(import.meta.dirname, '../..');
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
  context: { coinbooth: unknown };
};

try {
  const outdir = process.env.CDK_OUTDIR ?? join(root, 'cdk.out');
  const bundles = join(root, 'cdk.out/bundles');
  await bundleFunctions(bundles);
  const directory = synthesise(context.coinbooth, { outdir, bundles });
  console.error(`Synthesised Keep and Service to ${directory}.`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
