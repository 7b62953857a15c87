import { stackOutputs } from '../../shared/aws/cloudformation.ts';
import { type Ledger, ledgerIn } from '../../shared/aws/dynamodb.ts';
import { type ChainLedger, chainLedgerIn } from '../../shared/aws/dynamodb-chain.ts';
import { type Control, controlIn } from '../../shared/aws/dynamodb-control.ts';
import { type DaySpending, daySpending } from '../../shared/aws/dynamodb-day.ts';
import { dynamoDbWith } from '../../shared/aws/dynamodb-table.ts';
import { walletAddressOf } from '../../shared/aws/kms-address.ts';
import type { Limits } from '../../shared/core/budget.ts';
import { type Client, createClient } from '../client/create-client.ts';
import type { ClientOptions } from '../client/transport.ts';
import { readSettings, type Settings } from '../cloud/settings.ts';
import { readLocalBooth } from './local-booth.ts';
import { findApi, type Place, readCloudSettings } from './open-api.ts';

/** A booth that an operator speaks to: one in AWS, or the one that `npm start` runs on this machine. */
export interface Deployment {
  readonly name: string;
  /** It is one that `npm start` runs. */
  readonly isLocal: boolean;
  readonly settings: Settings;
  readonly control: Control;
  /** What was seen of the chain. */
  readonly chainLedger: ChainLedger;
  readonly ledger: Pick<Ledger, 'read'>;
  /** What the purchases of a day (UTC) came to. */
  readonly spentOn: (day: string) => Promise<DaySpending>;
  /** The limits of the settings, where nobody has said anything since. */
  readonly limits: Limits;
  /** The wallet's address. */
  readonly wallet: string;
  /** The same booth as its callers see it, for the person as a caller. It has the API's `origin`. */
  readonly client: Client;
  /** Where that API is, and how the person signs what they ask of it. */
  readonly api: ClientOptions;
}

/**
 * Finds the booth that was meant, with what an operator may do in it. Who only asks for pictures needs `openApi`.
 * @param place `local`: the folder of a running `npm start`; otherwise the stack that is named or that `cdk.json` of
 *   this folder names, with the person's own AWS credentials
 * @throws Error that says what is missing, in words for the person
 */
export async function openDeployment(place: Place): Promise<Deployment> {
  return place.local === undefined ? deployed(place) : running(place.local);
}

async function running(folder: string): Promise<Deployment> {
  const booth = await readLocalBooth(folder);
  const settings = readSettings(booth.settings, 'local');
  return {
    name: folder,
    isLocal: true,
    settings,
    ...rowsIn(booth.tableName, dynamoDbWith(booth.dynamoDb)),
    limits: limitsOf(settings),
    wallet: booth.wallet,
    ...callersView(await findApi({ local: folder })),
  };
}

async function deployed({ stack }: Place): Promise<Deployment> {
  const settings = await readCloudSettings();
  const name = stack ?? settings.name;
  const [{ LedgerTable, WalletKeyId }, api] = await Promise.all([
    stackOutputs(`${name}Keep`),
    findApi({ stack: name }),
  ]);
  if (LedgerTable === undefined || WalletKeyId === undefined)
    throw new Error(`The stack ${name}Keep has no LedgerTable or WalletKeyId; deploy it again.`);
  return {
    name,
    isLocal: false,
    settings,
    ...rowsIn(LedgerTable, dynamoDbWith({})),
    limits: limitsOf(settings),
    wallet: await walletAddressOf(WalletKeyId),
    ...callersView(api),
  };
}

const rowsIn = (tableName: string, client: ReturnType<typeof dynamoDbWith>) => ({
  control: controlIn(tableName, client),
  chainLedger: chainLedgerIn(tableName, client),
  ledger: ledgerIn(tableName, client),
  spentOn: (day: string) => daySpending({ client, tableName }, day),
});

const callersView = (api: ClientOptions) => ({ client: createClient(api), api });

const limitsOf = ({ budgets }: Settings): Limits => ({ ...budgets, named: {}, version: 0 });
