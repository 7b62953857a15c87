import { App, Stack } from 'aws-cdk-lib';
import { CoinboothKeep } from './keep.ts';
import { CoinboothService } from './service.ts';
import { readSettings, type World } from './settings.ts';
import { leaveNote } from './stack-note.ts';
import { chosenStage } from './stages.ts';

interface SynthesisOptions {
  /** Where the bundles are (`bundleFunctions`). */
  readonly bundles: string;
  /** Where the assembly goes; the CDK command line names its own place. */
  readonly outdir?: string;
  readonly world?: World;
  /** Which of the settings' stages; where there are any, one must be named. */
  readonly stage?: string | undefined;
}

/**
 * Synthesises both stacks. Needs no AWS account, no Docker and no network.
 * @param settings as in `cdk.json`, unparsed
 * @returns the folder of the assembly
 */
export function synthesise(settings: unknown, options: SynthesisOptions): string {
  return appOf(settings, options).synth().directory;
}

/** The app of one deployment: what it keeps in one stack, all else in another. */
export function appOf(unread: unknown, { outdir, bundles, world = 'cloud', stage }: SynthesisOptions): App {
  const settings = readSettings(unread, world, stage);
  const { name, environment } = settings;
  const env = environment && { account: environment.account, region: environment.region };
  const app = new App({
    ...(outdir && { outdir }),
    analyticsReporting: false,
    // Two seconds of every start, for a template that is checked whenever it is synthesised for the cloud.
    builtinCloudFormationValidation: world === 'cloud',
  });
  // Called `Default`, a construct leaves the names of what is in it as they would be without it.
  const keepStack = new Stack(app, 'Keep', {
    stackName: `${name}Keep`,
    terminationProtection: true,
    ...(env && { env }),
  });
  const keep = new CoinboothKeep(keepStack, 'Default', settings);
  const serviceStack = new Stack(app, 'Service', { stackName: name, ...(env && { env }) });
  new CoinboothService(serviceStack, 'Default', { keep, settings, bundles });
  leaveNote(serviceStack, { settings: chosenStage(unread, stage), keepStack: keepStack.stackName });
  return app;
}
