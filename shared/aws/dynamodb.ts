import { isDeepStrictEqual } from 'node:util';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { authorizationSchema } from '../core/authorization.ts';
import { CoinboothError } from '../core/errors.ts';
import { type Job, jobSchema } from '../core/job-record.ts';

/**
 * The ledger: one DynamoDB table. Jobs under `JOB#`, authorizations under `PURCHASE#` (the payer alone may read
 * them: they hold the signed header) and claims on a seller's job under `SELLERJOB#`. Every write of a job names
 * the version it read; every decision reads consistently.
 */

/** Index of the jobs that are not finished, by the time they are due. */
export const dueIndex = { name: 'due', partitionKey: 'due', sortKey: 'dueAt', partition: 'due' } as const;

const storedAuthorizationSchema = z.strictObject({
  /** `held` before a signature, `live` once one exists that may have left, `dead` when it never will be signed. */
  state: z.enum(['held', 'live', 'dead']),
  authorization: authorizationSchema,
  /** The key that signs it, and later the polls of its job. */
  signer: z.strictObject({ keyId: z.string(), address: z.string() }),
  /** What must be echoed to the seller, JSON; until it is part of the signed header. */
  challenge: z.string().optional(),
  /** The exact value of PAYMENT-SIGNATURE: bearer money until it is settled or dead. */
  signedHeader: z.string().optional(),
});
export type StoredAuthorization = z.infer<typeof storedAuthorizationSchema>;

/** What is written in the same transaction as the job. */
export type Also =
  | { readonly reserve: StoredAuthorization }
  | { readonly authorize: string }
  | { readonly release: true }
  | { readonly claim: string };

export interface Ledger {
  /** Puts a new job; another one of the same id is refused, the very same one is there already. */
  accept(job: Job): Promise<void>;
  read(jobId: string): Promise<Job | undefined>;
  /**
   * Writes a job over the version before it, together with `also`.
   * @returns `conflict` when somebody else wrote first (nothing was written), `claimed` when the seller's job
   *   belongs to another job of ours
   */
  write(after: Job, also?: Also): Promise<'written' | 'conflict' | 'claimed'>;
  readAuthorization(job: Job): Promise<StoredAuthorization | undefined>;
  /** Ids of unfinished jobs that were due before `now`, oldest first, `most` at the most. */
  overdue(now: number, most: number): Promise<readonly string[]>;
}

const jobKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: 'JOB' });

function authorizationKey({ purchase }: Job) {
  if (!purchase) throw new CoinboothError('Defect', 'A job without a purchase has no authorization.');
  return { pk: `PURCHASE#${purchase.purchaseId}`, sk: `AUTHORIZATION#${purchase.generation}` };
}

const jobItem = (job: Job) =>
  marshall(
    { ...jobKey(job.jobId), ...job, ...(job.dueAt !== undefined && { due: dueIndex.partition }) },
    { removeUndefinedValues: true },
  );

export function ledgerIn(tableName: string, client = new DynamoDBClient({})): Ledger {
  const get = async (key: Record<string, string>) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  };

  /** The row that goes with a job's write, as one more member of the transaction. */
  function companion(job: Job, also: Also): TransactWriteItem {
    if ('claim' in also)
      return {
        Put: {
          TableName: tableName,
          Item: marshall({ pk: `SELLERJOB#${also.claim}`, sk: 'CLAIM', jobId: job.jobId }),
          ConditionExpression: 'attribute_not_exists(pk) OR jobId = :mine',
          ExpressionAttributeValues: marshall({ ':mine': job.jobId }),
        },
      };
    if ('reserve' in also)
      return {
        Put: {
          TableName: tableName,
          Item: marshall({ ...authorizationKey(job), ...also.reserve }, { removeUndefinedValues: true }),
          ConditionExpression: 'attribute_not_exists(pk) OR #state = :held',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: marshall({ ':held': 'held' }),
        },
      };
    const signed = 'authorize' in also;
    return {
      Update: {
        TableName: tableName,
        Key: marshall(authorizationKey(job)),
        UpdateExpression: signed
          ? 'SET #state = :next, signedHeader = :header REMOVE challenge'
          : 'SET #state = :next REMOVE challenge',
        ConditionExpression: '#state = :held',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: marshall({
          ':held': 'held',
          ':next': signed ? 'live' : 'dead',
          ...(signed && { ':header': also.authorize }),
        }),
      },
    };
  }

  return {
    async accept(job) {
      const Item = jobItem(job);
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item,
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
      } catch (error) {
        // The SDK asks again when an answer is lost: what is there may be what it wrote itself.
        const isThere =
          error instanceof ConditionalCheckFailedException &&
          error.Item &&
          isDeepStrictEqual(unmarshall(error.Item), unmarshall(Item));
        if (!isThere) throw error;
      }
    },

    async read(jobId) {
      const item = await get(jobKey(jobId));
      return item && parseItem(jobSchema, item, `JOB#${jobId}`);
    },

    async write(after, also) {
      const put = {
        TableName: tableName,
        Item: jobItem(after),
        ConditionExpression: 'version = :before',
        ExpressionAttributeValues: marshall({ ':before': after.version - 1 }),
      };
      try {
        if (also === undefined) await client.send(new PutItemCommand(put));
        else
          await client.send(
            new TransactWriteItemsCommand({ TransactItems: [{ Put: put }, companion(after, also)] }),
          );
        return 'written';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        if (error instanceof TransactionConflictException) return 'conflict';
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [job, other] = (error.CancellationReasons ?? []).map(({ Code }) => Code);
        if (job === 'ConditionalCheckFailed' || job === 'TransactionConflict') return 'conflict';
        if (other === 'TransactionConflict') return 'conflict';
        if (other === 'ConditionalCheckFailed' && also && 'claim' in also) return 'claimed';
        if (other === 'ConditionalCheckFailed') return 'conflict';
        throw error;
      }
    },

    async readAuthorization(job) {
      const key = authorizationKey(job);
      const item = await get(key);
      return item && parseItem(storedAuthorizationSchema, item, key.pk);
    },

    async overdue(now, most) {
      const ids: string[] = [];
      let from: Record<string, AttributeValue> | undefined;
      do {
        const page: QueryCommandOutput = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: dueIndex.name,
            KeyConditionExpression: 'due = :due AND dueAt <= :now',
            ExpressionAttributeValues: marshall({ ':due': dueIndex.partition, ':now': now }),
            Limit: most - ids.length,
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        for (const item of page.Items ?? []) ids.push(String(unmarshall(item).pk).slice('JOB#'.length));
        from = page.LastEvaluatedKey;
      } while (from && ids.length < most);
      return ids;
    },
  };
}

/** A row that somebody edited by hand is refused with its key and field, not repaired. */
function parseItem<Value>(schema: z.ZodType<Value>, item: Record<string, unknown>, key: string): Value {
  const { pk: _pk, sk: _sk, due: _due, ...fields } = item;
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new CoinboothError('Defect', `The ledger's row ${key} does not fit its schema (${wrong}).`);
}
