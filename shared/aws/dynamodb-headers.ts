import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { CoinboothError } from '../core/errors.ts';
import type { Job } from '../core/job-record.ts';
import { authorizationKey } from './dynamodb-authorizations.ts';
import { parseRow } from './dynamodb-table.ts';
import { longText, packed } from './packed-text.ts';

/**
 * Signed headers: bearer money, in a table of their own that the payer alone may touch. A right to update or delete a row
 * is a right to read it (`ReturnValues`), so no other role has any right on this table.
 */

/** `expiresAt` is Unix seconds: the end of the authorization's window, after which the header settles nothing. */
const headerSchema = z.strictObject({ header: longText, expiresAt: z.int() });

export interface Headers {
  /** The exact header that was stored for a job's purchase; undefined once it is erased or expired. */
  read(job: Job): Promise<string | undefined>;
  /** Removes a job's header; one that is gone already is no error. */
  erase(job: Job): Promise<void>;
}

/**
 * The member of the granting transaction that stores a signed header.
 * @param header the exact value of PAYMENT-SIGNATURE or Authorization, or the signature of a withdrawal
 * @throws SignerUnavailable where the deployment has no table for it yet
 */
export const headerPut = (tableName: string | undefined, job: Job, header: string): TransactWriteItem => ({
  Put: {
    TableName: named(tableName),
    Item: marshall({
      ...authorizationKey(job),
      header: packed(header),
      expiresAt: job.purchase?.validBefore ?? 0,
    }),
  },
});

/** @param tableName undefined in a deployment whose `Keep` is older than the table: every call is refused then */
export const headersIn = (tableName: string | undefined, client = new DynamoDBClient({})): Headers => ({
  async read(job) {
    const Key = marshall(authorizationKey(job));
    const { Item } = await client.send(
      new GetItemCommand({ TableName: named(tableName), Key, ConsistentRead: true }),
    );
    return Item && parseRow(headerSchema, unmarshall(Item)).header;
  },
  async erase(job) {
    const Key = marshall(authorizationKey(job));
    await client.send(new DeleteItemCommand({ TableName: named(tableName), Key }));
  },
});

/** The payer waits for a table that is missing as it waits for its key: nothing is signed meanwhile. */
function named(tableName: string | undefined): string {
  if (tableName !== undefined) return tableName;
  throw new CoinboothError(
    'SignerUnavailable',
    'This booth has no table for signed headers yet: deploy Keep, then Service.',
  );
}
