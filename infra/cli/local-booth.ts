import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { requestSigner } from '../../shared/aws/sign-request.ts';
import type { ClientOptions } from '../client/transport.ts';

const sdkSchema = z.strictObject({
  region: z.string(),
  endpoint: z.url(),
  credentials: z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() }),
});

/** What `npm start` leaves for the command line while it runs. */
export const localBoothSchema = z.strictObject({
  /** Of the API on this machine. */
  origin: z.url(),
  /** Its API takes unsigned requests with the key that was printed alone. */
  needsKey: z.boolean().optional(),
  tableName: z.string(),
  headersTableName: z.string().optional(),
  wallet: z.string(),
  settings: z.unknown(),
  dynamoDb: sdkSchema,
  sqs: sdkSchema,
  s3: sdkSchema,
  paymentsUrl: z.string(),
  deadLettersUrl: z.string(),
  picturesBucket: z.string(),
  inboxBucket: z.string(),
});
export type LocalBooth = z.infer<typeof localBoothSchema>;

/** Its API, as the operator whose credentials the note has. */
export const apiOf = ({ origin, dynamoDb }: LocalBooth): ClientOptions => ({
  origin,
  sign: requestSigner(origin, dynamoDb),
});

export const localBoothFile = 'running.json';

/**
 * Reads the note of a booth that runs on this machine.
 * @param folder its data folder
 * @throws Error that says what is missing, in words for the person
 */
export async function readLocalBooth(folder: string): Promise<LocalBooth> {
  const file = join(folder, localBoothFile);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`There is no ${file}: start a booth with "npm start" first, or name its --data-dir.`);
  });
  return localBoothSchema.parse(JSON.parse(text));
}
