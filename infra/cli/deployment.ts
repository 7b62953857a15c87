import { type Ledger, ledgerIn } from '../../shared/aws/dynamodb.ts';
import { type Books, booksIn } from '../../shared/aws/dynamodb-books.ts';
import { type ChainLedger, chainLedgerIn } from '../../shared/aws/dynamodb-chain.ts';
import { type Control, controlIn } from '../../shared/aws/dynamodb-control.ts';
import { type DaySpending, daySpending } from '../../shared/aws/dynamodb-day.ts';
import { type Eraser, eraserIn } from '../../shared/aws/dynamodb-erase.ts';
import { type Headers, headersIn } from '../../shared/aws/dynamodb-headers.ts';
import { type HostControl, hostControlIn } from '../../shared/aws/dynamodb-hosts.ts';
import { type Manifests, manifestsIn } from '../../shared/aws/dynamodb-manifests.ts';
import { dynamoDbWith } from '../../shared/aws/dynamodb-table.ts';
import { type ModelTimesLedger, modelTimesIn } from '../../shared/aws/dynamodb-times.ts';
import { type CallerUploads, callerUploadsIn } from '../../shared/aws/dynamodb-uploads.ts';
import { walletAddressOf } from '../../shared/aws/kms-address.ts';
import { type AssetStore, assetsIn } from '../../shared/aws/s3-assets.ts';
import { type Objects, objectsBy, s3With } from '../../shared/aws/s3-erase.ts';
import { type QuarantineStore, quarantineIn } from '../../shared/aws/s3-quarantine.ts';
import { type PaymentQueue, paymentQueueAt } from '../../shared/aws/sqs.ts';
import { type DeadLetters, deadLettersAt, sqsWith } from '../../shared/aws/sqs-dead-letters.ts';
import type { Limits } from '../../shared/core/budget.ts';
import { type Client, createClient } from '../client/create-client.ts';
import type { ClientOptions } from '../client/transport.ts';
import { readSettings, type Settings } from '../cloud/settings.ts';
import { apiOf, type LocalBooth, readLocalBooth } from './local-booth.ts';
import { apiAt, noteOf, outputsOf, type Place, stackOf } from './open-api.ts';

/** A booth that an operator speaks to: one in AWS, or the one that `npm start` runs on this machine. */
export interface Deployment {
  readonly name: string;
  /** It is one that `npm start` runs. */
  readonly isLocal: boolean;
  /** Its API takes unsigned requests with the key that `npm start` printed alone. */
  readonly needsKey: boolean;
  /** As it was deployed. */
  readonly settings: Settings;
  readonly control: Control;
  /** What was seen of the chain. */
  readonly chainLedger: ChainLedger;
  readonly ledger: Ledger;
  /** Signed headers: of an open withdrawal, an operator hands out the signature. */
  readonly headers: Pick<Headers, 'read'>;
  readonly books: Books;
  /** What was learned of how long models take. */
  readonly times: ModelTimesLedger;
  readonly payments: PaymentQueue;
  /** Of the payment queue. */
  readonly deadLetters: DeadLetters;
  /** What the purchases of a day (UTC) came to. */
  readonly spentOn: (day: string) => Promise<DaySpending>;
  readonly manifests: Manifests;
  readonly uploads: CallerUploads;
  readonly eraser: Eraser;
  readonly objects: Objects;
  /** Where results may lie. */
  readonly hosts: HostControl;
  /** Results that inspection refused. */
  readonly quarantine: QuarantineStore;
  readonly assets: AssetStore;
  readonly picturesBucket: string;
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
    needsKey: booth.needsKey ?? false,
    settings,
    ...portsOf(booth, {
      dynamoDb: dynamoDbWith(booth.dynamoDb),
      sqs: sqsWith(booth.sqs),
      s3: s3With(booth.s3),
    }),
    limits: limitsOf(settings),
    wallet: booth.wallet,
    ...callersView(apiOf(booth)),
  };
}

async function deployed(place: Place): Promise<Deployment> {
  const name = await stackOf(place);
  const note = await noteOf(name);
  const settings = readSettings(note.settings, 'cloud');
  const [keep, service] = await Promise.all([outputsOf(note.keepStack), outputsOf(name)]);
  const said = (outputs: Readonly<Record<string, string>>, output: string): string => {
    const value = outputs[output];
    if (value === undefined) throw new Error(`A stack of ${name} has no output ${output}; deploy it again.`);
    return value;
  };
  return {
    name,
    isLocal: false,
    needsKey: false,
    settings,
    ...portsOf({
      tableName: said(keep, 'LedgerTable'),
      headersTableName: keep.HeadersTable,
      paymentsUrl: said(service, 'PaymentsUrl'),
      deadLettersUrl: said(service, 'DeadLettersUrl'),
      picturesBucket: said(keep, 'PicturesBucket'),
    }),
    limits: limitsOf(settings),
    wallet: await walletAddressOf(said(keep, 'WalletKeyId')),
    ...callersView(apiAt(said(service, 'ApiUrl'))),
  };
}

/** @param clients for a booth on this machine; otherwise the SDK finds its way by the person's own credentials */
function portsOf(
  {
    tableName,
    headersTableName,
    paymentsUrl,
    deadLettersUrl,
    picturesBucket,
  }: Pick<LocalBooth, 'tableName' | 'headersTableName' | 'paymentsUrl' | 'deadLettersUrl' | 'picturesBucket'>,
  {
    dynamoDb = dynamoDbWith({}),
    sqs,
    s3,
  }: {
    dynamoDb?: ReturnType<typeof dynamoDbWith>;
    sqs?: ReturnType<typeof sqsWith>;
    s3?: ReturnType<typeof s3With>;
  } = {},
) {
  return {
    control: controlIn(tableName, dynamoDb),
    chainLedger: chainLedgerIn(tableName, dynamoDb),
    ledger: ledgerIn(tableName, dynamoDb),
    headers: headersIn(headersTableName, dynamoDb),
    books: booksIn(tableName, dynamoDb),
    times: modelTimesIn(tableName, dynamoDb),
    payments: paymentQueueAt(paymentsUrl, sqs),
    deadLetters: deadLettersAt(deadLettersUrl, sqs),
    manifests: manifestsIn(tableName, dynamoDb),
    uploads: callerUploadsIn(tableName, dynamoDb),
    eraser: eraserIn(tableName, dynamoDb),
    objects: objectsBy(s3),
    hosts: hostControlIn(tableName, dynamoDb),
    quarantine: quarantineIn(picturesBucket, s3),
    assets: assetsIn(picturesBucket, s3),
    picturesBucket,
    spentOn: (day: string) => daySpending({ client: dynamoDb, tableName }, day),
  };
}

const callersView = (api: ClientOptions) => ({ client: createClient(api), api });

const limitsOf = ({ budgets }: Settings): Limits => ({ ...budgets, named: {}, version: 0 });
