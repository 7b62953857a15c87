import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalBooth, localBoothFile } from '../../cli/local-booth.ts';
import type { Booth } from './open-booth.ts';

/**
 * Leaves a note in the data folder by which the command line finds this booth (`npx --no-install coinbooth … --local FOLDER`).
 * @returns takes the note away again
 */
export async function announceRunning(
  { world, wallet, settings }: Booth,
  folder: string,
  { needsKey = false }: { readonly needsKey?: boolean } = {},
) {
  const queue = (id: string) => world.queue(id).url;
  const bucket = (id: string) => world.resource(id, 'AWS::S3::Bucket').ref;
  const note: LocalBooth = {
    origin: world.apiOrigin,
    needsKey,
    tableName: world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref,
    headersTableName: world.resource('Headers', 'AWS::DynamoDB::GlobalTable').ref,
    wallet,
    settings,
    dynamoDb: world.sdk('dynamodb'),
    sqs: world.sdk('sqs'),
    s3: world.sdk('s3'),
    paymentsUrl: queue('Payments'),
    deadLettersUrl: queue('PaymentDeadLetters'),
    picturesBucket: bucket('Pictures'),
    inboxBucket: bucket('Inbox'),
  };
  const file = join(folder, localBoothFile);
  // The note has the operator's credentials. A file that is there keeps its mode when it is written over.
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify(note), { mode: 0o600, flag: 'wx' });
  return () => rm(file, { force: true });
}
