import { App } from 'aws-cdk-lib';
import { KeepStack } from './keep-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { readSettings, type World } from './settings.ts';

/** The functions that may sign: payments and sign-ins, with one key. */
const signers = ['payer', 'poll'];

/**
 * Synthesises both stacks. Needs no AWS account, no Docker and no network.
 * @param settings as in `cdk.json`, unparsed
 * @param options where the bundles are (`bundleFunctions`), and where the assembly goes; the CDK command line names
 *   its own place
 * @returns the folder of the assembly
 */
export function synthesise(
  settings: unknown,
  options: { outdir?: string; bundles: string; world?: World },
): string {
  const read = readSettings(settings, options.world ?? 'cloud');
  const { name } = read;
  const app = new App({ ...(options.outdir && { outdir: options.outdir }), analyticsReporting: false });
  const keep = new KeepStack(app, 'Keep', { stackName: `${name}Keep`, serviceStackName: name, signers });
  new ServiceStack(app, 'Service', { stackName: name, keep, settings: read, bundles: options.bundles });
  return app.synth().directory;
}
