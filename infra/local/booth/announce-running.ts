import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalBooth, localBoothFile } from '../../cli/local-booth.ts';
import type { Booth } from './open-booth.ts';

/**
 * Leaves a note in the data folder by which the command line finds this booth (`npx coinbooth … --local FOLDER`).
 * @returns takes the note away again
 */
export async function announceRunning({ world, wallet, settings }: Booth, folder: string) {
  const { region, endpoint, credentials } = world.sdk('dynamodb');
  const note: LocalBooth = {
    origin: world.apiOrigin,
    tableName: world.resource('Ledger', 'AWS::DynamoDB::GlobalTable').ref,
    wallet,
    settings,
    dynamoDb: { region, endpoint, credentials },
  };
  const file = join(folder, localBoothFile);
  await writeFile(file, JSON.stringify(note));
  return () => rm(file, { force: true });
}
