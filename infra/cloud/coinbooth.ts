import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CoinboothKeep } from './keep.ts';
import { CoinboothService } from './service.ts';
import { type CoinboothSettings, readSettings } from './settings.ts';
import { leaveNote } from './stack-note.ts';

export { CoinboothKeep } from './keep.ts';
export { CoinboothService } from './service.ts';
export type { CoinboothSettings } from './settings.ts';

/** Where `npm run build` puts the functions: beside the built JavaScript of this file. */
const built = join(import.meta.dirname, '../../bundles');

/**
 * The bundles that the package ships, one folder for each function.
 * @throws Error in a working copy, where they are not built beside the sources
 */
export function shippedBundles(): string {
  if (!existsSync(built))
    throw new Error('The functions are not built here: run "npm run build", or name a folder of bundles.');
  return built;
}

export interface CoinboothProps {
  /** As `context.coinbooth` in `cdk.json`, whose fields are told in the README. */
  readonly settings: CoinboothSettings;
  /** A folder with one bundle for each function; by default the ones of this package. */
  readonly bundles?: string;
  /** What outlives the service, where it lies in a stack of its own; by default it is made here. */
  readonly keep?: CoinboothKeep;
}

/**
 * A booth inside a CDK app of your own. What it must not lose (key, ledger, buckets) is retained whatever happens to the
 * stack; put a `CoinboothKeep` into a stack of its own, with `terminationProtection`, to have it protected as well.
 * A deployment is known by `settings.name`: two in one account and region need two names.
 * @throws Error that names every setting that is wrong
 */
export class Coinbooth extends Construct {
  readonly keep: CoinboothKeep;
  readonly service: CoinboothService;

  constructor(scope: Construct, id: string, props: CoinboothProps) {
    super(scope, id);
    const settings = readSettings(props.settings, 'cloud');
    this.keep = props.keep ?? new CoinboothKeep(this, 'Keep', settings);
    this.service = new CoinboothService(this, 'Service', {
      keep: this.keep,
      settings,
      bundles: props.bundles ?? shippedBundles(),
    });
    leaveNote(Stack.of(this), { settings: props.settings, keepStack: Stack.of(this.keep).stackName });
  }
}
