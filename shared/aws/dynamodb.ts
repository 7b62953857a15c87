import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
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
import { readRow } from './dynamodb-table.ts';

/**
 * The ledger: one DynamoDB table. Jobs under `JOB#`, authorizations under `PURCHASE#` (the payer alone may read
 * them: they hold the signed header) and claims on a seller's job under `SELLERJOB#`. Every write of a job names
 * the version it read; every decision reads consistently.
 */

/** Index of the jobs that are not finished, by the time they are due. */
export const dueIndex = { name: 'due', partitionKey: 'due', sortKey: 'dueAt', partition: 'due' } as const;

/** Indexes of a caller's jobs, and of the jobs that ask for the same, by time. */
export const callerIndex = { name: 'caller', partitionKey: 'caller', sortKey: 'acceptedAt' } as const;
export const requestIndex = { name: 'request', partitionKey: 'requestHash', sortKey: 'acceptedAt' } as const;
const mostSame = 5;
const mostTries = 5;

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

/** A caller's own name for a request (`Idempotency-Key`), scoped to them. */
export interface IdempotencyKey {
  /** Of caller and key. */
  readonly hash: string;
  /** Of what was asked under it. */
  readonly requestHash: string;
  /** Unix seconds, when the row may go. */
  readonly expiresAt: number;
}

const idempotencySchema = z.object({ jobId: z.string(), requestHash: z.string() });
const idempotencyRow = ({ hash }: IdempotencyKey) => ({ pk: `IDEMPOTENCY#${hash}`, sk: 'KEY' });

export type Acceptance = { readonly job: Job } | { readonly conflict: string };

/** The place in a caller's list after which the next page begins. */
export interface ListCursor {
  readonly acceptedAt: number;
  readonly jobId: string;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  /** Absent on the last page. */
  readonly next?: ListCursor;
}

export interface Ledger {
  /**
   * Puts a new job, and with it the caller's key, if there is one.
   * @returns the job; when its id or the key was used for the same request before, the job of then; `conflict`, with
   *   the id of that job, when the key was used for another request
   */
  accept(job: Job, key?: IdempotencyKey): Promise<Acceptance>;
  read(jobId: string): Promise<Job | undefined>;
  /**
   * Writes a job over the version before it, together with `also`.
   * @returns `conflict` when somebody else wrote first (nothing was written), `claimed` when the seller's job
   *   belongs to another job of ours
   */
  write(after: Job, also?: Also): Promise<'written' | 'conflict' | 'claimed'>;
  readAuthorization(job: Job): Promise<StoredAuthorization | undefined>;
  /** A caller's jobs, newest first. */
  list(caller: string, page: { limit: number; before?: ListCursor | undefined }): Promise<JobPage>;
  /** The newest jobs of one request hash, newest first, a few at the most; a very young one may be missing. */
  findSame(requestHash: string): Promise<readonly Job[]>;
  /** Ids of unfinished jobs that were due before `now`, oldest first, `most` at the most. */
  overdue(now: number, most: number): Promise<readonly string[]>;
}

const jobKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: 'JOB' });

function authorizationKey({ purchase }: Job) {
  if (!purchase) throw new CoinboothError('Defect', 'A job without a purchase has no authorization.');
  return { pk: `PURCHASE#${purchase.purchaseId}`, sk: `AUTHORIZATION#${purchase.generation}` };
}

const jobIdOf = (item: Record<string, unknown>): string => String(item.pk).slice('JOB#'.length);

/** Whether two jobs are one request: everything that a caller says. */
const asksTheSame = (a: Job, b: Job): boolean =>
  a.caller === b.caller && a.offering === b.offering && a.body === b.body;

/** Somebody wrote first. */
const isLost = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ConditionalCheckFailed'));

const isContended = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(({ Code }) => Code === 'TransactionConflict');

const jobItem = (job: Job) =>
  marshall(
    { ...jobKey(job.jobId), ...job, ...(job.dueAt !== undefined && { due: dueIndex.partition }) },
    { removeUndefinedValues: true },
  );

export function ledgerIn(tableName: string, client = new DynamoDBClient({})): Ledger {
  const table = { client, tableName };

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

  const idempotencyPut = (job: Job, key: IdempotencyKey) => ({
    TableName: tableName,
    Item: marshall({
      ...idempotencyRow(key),
      jobId: job.jobId,
      requestHash: key.requestHash,
      expiresAt: key.expiresAt,
    }),
    ConditionExpression: 'attribute_not_exists(pk)',
  });

  /** What an id or a key was taken for: the same request, by an earlier call or by one whose answer was lost. */
  async function thereAlready(job: Job, key: IdempotencyKey | undefined): Promise<Acceptance> {
    const used = key && (await readRow(table, idempotencySchema, idempotencyRow(key)));
    if (used && used.requestHash !== key.requestHash) return { conflict: used.jobId };
    const there = await readRow(table, jobSchema, jobKey(used?.jobId ?? job.jobId));
    if (there && asksTheSame(there, job)) return { job: there };
    throw new CoinboothError(
      'Defect',
      `The ledger refused job ${job.jobId}, and no other one is in its place.`,
    );
  }

  /** Each one consistently, in the order of the ids. */
  async function readAll(jobIds: readonly string[]): Promise<Job[]> {
    const jobs = await Promise.all(jobIds.map((jobId) => readRow(table, jobSchema, jobKey(jobId))));
    return jobs.filter((job) => job !== undefined);
  }

  return {
    async accept(job, key) {
      const put = {
        TableName: tableName,
        Item: jobItem(job),
        ConditionExpression: 'attribute_not_exists(pk)',
      };
      for (let tries = 1; ; tries += 1) {
        try {
          if (!key) await client.send(new PutItemCommand(put));
          else {
            const TransactItems = [{ Put: put }, { Put: idempotencyPut(job, key) }];
            await client.send(new TransactWriteItemsCommand({ TransactItems }));
          }
          return { job };
        } catch (error) {
          if (isLost(error)) return thereAlready(job, key);
          // The same key twice at once: one of the two has it in a moment.
          if (!isContended(error) || tries === mostTries) throw error;
        }
      }
    },

    read: (jobId) => readRow(table, jobSchema, jobKey(jobId)),

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

    readAuthorization: async (job) => readRow(table, storedAuthorizationSchema, authorizationKey(job)),

    async list(caller, { limit, before }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: callerIndex.name,
          KeyConditionExpression: 'caller = :caller',
          ExpressionAttributeValues: marshall({ ':caller': caller }),
          ScanIndexForward: false,
          Limit: limit,
          ...(before && {
            ExclusiveStartKey: marshall({ ...jobKey(before.jobId), caller, acceptedAt: before.acceptedAt }),
          }),
        }),
      );
      const jobs = await readAll(Items.map((item) => jobIdOf(unmarshall(item))));
      const last = LastEvaluatedKey && unmarshall(LastEvaluatedKey);
      return {
        jobs,
        ...(last && { next: { acceptedAt: Number(last.acceptedAt), jobId: jobIdOf(last) } }),
      };
    },

    async findSame(requestHash) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: requestIndex.name,
          KeyConditionExpression: 'requestHash = :hash',
          ExpressionAttributeValues: marshall({ ':hash': requestHash }),
          ScanIndexForward: false,
          Limit: mostSame,
        }),
      );
      return readAll(Items.map((item) => jobIdOf(unmarshall(item))));
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
        for (const item of page.Items ?? []) ids.push(jobIdOf(unmarshall(item)));
        from = page.LastEvaluatedKey;
      } while (from && ids.length < most);
      return ids;
    },
  };
}
