import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { stackOutputs } from '../../shared/aws/cloudformation.ts';
import { type ChainLedger, chainLedgerIn } from '../../shared/aws/dynamodb-chain.ts';
import { type Control, controlIn } from '../../shared/aws/dynamodb-control.ts';
import { dynamoDbWith } from '../../shared/aws/dynamodb-table.ts';
import { walletAddressOf } from '../../shared/aws/kms-address.ts';
import type { Limits } from '../../shared/core/budget.ts';
import { readSettings, type Settings } from '../cloud/settings.ts';

/** A booth that an operator speaks to: one in AWS, or the one that `npm start` runs on this machine. */
export interface Deployment {
  readonly name: string;
  readonly settings: Settings;
  readonly control: Control;
  /** What was seen of the chain. */
  readonly chainLedger: ChainLedger;
  /** The limits of the settings, where nobody has said anything since. */
  readonly limits: Limits;
  /** The wallet's address. */
  readonly wallet: string;
}

/** What `npm start` leaves for the command line while it runs. */
export const localBoothSchema = z.strictObject({
  tableName: z.string(),
  wallet: z.string(),
  settings: z.unknown(),
  dynamoDb: z.strictObject({
    region: z.string(),
    endpoint: z.url(),
    credentials: z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  }),
});
export type LocalBooth = z.infer<typeof localBoothSchema>;

export const localBoothFile = 'running.json';

/**
 * Finds the booth that was meant.
 * @param options `local`: the folder of a running `npm start`; otherwise the stack that `cdk.json` of this folder names,
 *   with the person's own AWS credentials
 * @throws Error that says what is missing, in words for the person
 */
export async function openDeployment(options: { local?: string | undefined }): Promise<Deployment> {
  return options.local === undefined ? deployed() : running(options.local);
}

async function running(folder: string): Promise<Deployment> {
  const file = join(folder, localBoothFile);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`There is no ${file}: start a booth with "npm start" first, or name its --data-dir.`);
  });
  const booth = localBoothSchema.parse(JSON.parse(text));
  const settings = readSettings(booth.settings, 'local');
  const client = dynamoDbWith(booth.dynamoDb);
  return {
    name: folder,
    settings,
    control: controlIn(booth.tableName, client),
    chainLedger: chainLedgerIn(booth.tableName, client),
    limits: limitsOf(settings),
    wallet: booth.wallet,
  };
}

async function deployed(): Promise<Deployment> {
  const text = await readFile('cdk.json', 'utf8').catch(() => {
    throw new Error(
      'There is no cdk.json here: go to the folder that the booth was deployed from, or use --local.',
    );
  });
  const { context } = JSON.parse(text) as { context?: { coinbooth?: unknown } };
  const settings = readSettings(context?.coinbooth, 'cloud');
  const outputs = await stackOutputs(`${settings.name}Keep`);
  const { LedgerTable, WalletKeyId } = outputs;
  if (LedgerTable === undefined || WalletKeyId === undefined)
    throw new Error(`The stack ${settings.name}Keep has no LedgerTable or WalletKeyId; deploy it again.`);
  return {
    name: settings.name,
    settings,
    control: controlIn(LedgerTable),
    chainLedger: chainLedgerIn(LedgerTable),
    limits: limitsOf(settings),
    wallet: await walletAddressOf(WalletKeyId),
  };
}

const limitsOf = ({ budgets }: Settings): Limits => ({ ...budgets, named: {}, version: 0 });
