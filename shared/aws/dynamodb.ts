import { setTimeout as sleep } from 'node:timers/promises';
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
import type { BudgetMove } from '../core/budget-moves.ts';
import { CoinboothError } from '../core/errors.ts';
import { type Job, jobSchema } from '../core/job-record.ts';
import { beginRow, budgetSchema, followLimit, moveIn, whileRunning } from './dynamodb-budgets.ts';
import { readRow } from './dynamodb-table.ts';

/**
 * The ledger: one DynamoDB table. Jobs under `JOB#`, authorizations under `PURCHASE#` (the payer alone may read
 * them: they hold the signed header) and claims on a seller's job under `SELLERJOB#`. Every write of a job names
 * the version it read; every decision reads consistently.
 */

/** Index of the jobs that are not finished, by the time they are due. */
export const dueIndex = {
  name: 'due',
  partitionKey: 'due',
  sortKey: 'dueAt',
  partition: 'due',
  money: 'money',
} as const;

/** Indexes of a caller's jobs, and of the jobs that ask for the same, by time. */
export const callerIndex = { name: 'caller', partitionKey: 'caller', sortKey: 'acceptedAt' } as const;
export const requestIndex = { name: 'request', partitionKey: 'requestHash', sortKey: 'acceptedAt' } as const;
const mostSame = 5;
const mostTries = 12;
const contentionMilliseconds = 5;

const storedAuthorizationSchema = z
  .strictObject({
    /**
     * `held` before a signature, `live` once one exists that may have left, `settled` or `dead` when a final block shows
     * it, or `dead` when it never will be signed.
     */
    state: z.enum(['held', 'live', 'settled', 'dead']),
    /** When a look at the chain can first tell what became of it; absent when that is known. */
    dueAt: z.int().optional(),
    authorization: authorizationSchema,
    /** The key that signs it, and later the polls of its job. */
    signer: z.strictObject({ keyId: z.string(), address: z.string() }),
    /** What must be echoed to the seller, JSON; until it is part of the signed header. */
    challenge: z.string().optional(),
    /** The exact value of PAYMENT-SIGNATURE: bearer money until it is settled or dead. */
    signedHeader: z.string().optional(),
  })
  .transform(({ dueAt: _dueAt, ...stored }) => stored);
export type StoredAuthorization = z.infer<typeof storedAuthorizationSchema>;

/** What is written in the same transaction as the job. */
export type Also =
  | { readonly reserve: StoredAuthorization }
  | { readonly authorize: string }
  | { readonly release: true }
  | { readonly prove: 'settled' | 'dead' }
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

/** What must hold, and what changes, in the same transaction. */
export interface Guard {
  /** Only while signing is allowed. */
  readonly running?: boolean;
  readonly moves?: readonly BudgetMove[];
  /** What the rows are to follow, by key; the wallet's own is not among them. */
  readonly limits?: { readonly version: number; readonly of: ReadonlyMap<string, number> };
}

export type WriteOutcome = 'written' | 'conflict' | 'claimed' | 'stopped' | { readonly exhausted: string };

export interface Ledger {
  /**
   * Puts a new job, and with it the caller's key, if there is one.
   * @returns the job; when its id or the key was used for the same request before, the job of then; `conflict`, with
   *   the id of that job, when the key was used for another request
   */
  accept(job: Job, key?: IdempotencyKey): Promise<Acceptance>;
  read(jobId: string): Promise<Job | undefined>;
  /**
   * Writes a job over the version before it, together with `also` and under `guard`, all or nothing.
   * @returns `conflict` when somebody else wrote first, `claimed` when the seller's job belongs to another job of
   *   ours, `stopped` when nothing may be signed or sent, or the key of the budget that has not enough left; nothing
   *   was written then
   */
  write(after: Job, also?: Also, guard?: Guard): Promise<WriteOutcome>;
  readAuthorization(job: Job): Promise<StoredAuthorization | undefined>;
  /** A caller's jobs, newest first. */
  list(caller: string, page: { limit: number; before?: ListCursor | undefined }): Promise<JobPage>;
  /** The newest jobs of one request hash, newest first, a few at the most; a very young one may be missing. */
  findSame(requestHash: string): Promise<readonly Job[]>;
  /** Ids of jobs whose authorization's money is not known, the ones that are over first. */
  openAuthorizations(most: number): Promise<readonly string[]>;
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
          Item: marshall(
            {
              ...authorizationKey(job),
              ...also.reserve,
              due: dueIndex.money,
              dueAt: also.reserve.authorization.validBefore * 1000,
            },
            { removeUndefinedValues: true },
          ),
          ConditionExpression: 'attribute_not_exists(pk) OR #state = :held',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: marshall({ ':held': 'held' }),
        },
      };
    const [next, was, change] =
      'authorize' in also
        ? (['live', 'held', 'SET #state = :next, signedHeader = :header REMOVE challenge'] as const)
        : 'prove' in also
          ? ([also.prove, 'live', 'SET #state = :next REMOVE signedHeader, due, dueAt'] as const)
          : (['dead', 'held', 'SET #state = :next REMOVE challenge, due, dueAt'] as const);
    return {
      Update: {
        TableName: tableName,
        Key: marshall(authorizationKey(job)),
        UpdateExpression: change,
        ConditionExpression: '#state = :was',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: marshall({
          ':was': was,
          ':next': next,
          ...('authorize' in also && { ':header': also.authorize }),
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

  /** Ids in one partition of the index of what is due, oldest first. */
  async function due(partition: string, now: number, most: number, prefix: string): Promise<string[]> {
    const ids: string[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page: QueryCommandOutput = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: dueIndex.name,
          KeyConditionExpression: 'due = :due AND dueAt <= :now',
          ExpressionAttributeValues: marshall({ ':due': partition, ':now': now }),
          Limit: most - ids.length,
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) ids.push(String(unmarshall(item).pk).slice(prefix.length));
      from = page.LastEvaluatedKey;
    } while (from && ids.length < most);
    return ids;
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

    async write(after, also, guard = {}) {
      const put = {
        TableName: tableName,
        Item: jobItem(after),
        ConditionExpression: 'version = :before',
        ExpressionAttributeValues: marshall({ ':before': after.version - 1 }),
      };
      const { limits } = guard;
      let moves = guard.moves ?? [];
      for (let tries = 1; ; tries += 1) {
        const members = [
          { Put: put },
          ...(also ? [companion(after, also)] : []),
          ...(guard.running ? [whileRunning(tableName)] : []),
          ...moves.map((move) =>
            moveIn(tableName, move, limits?.of.has(move.key) ? limits.version : undefined),
          ),
        ];
        const roles = ['job', ...(also ? ['also'] : []), ...(guard.running ? ['running'] : []), ...moves];
        try {
          if (members.length === 1) await client.send(new PutItemCommand(put));
          else await client.send(new TransactWriteItemsCommand({ TransactItems: members }));
          return 'written';
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return 'conflict';
          if (error instanceof TransactionConflictException) return 'conflict';
          if (!(error instanceof TransactionCanceledException)) throw error;
          const reasons = error.CancellationReasons ?? [];
          const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
          const role = roles[failed];
          if (role === undefined) {
            if (!isContended(error)) throw error;
            // Rows that many purchases share are contended for; the job's own row is somebody else's news.
            if (moves.length === 0 || tries === mostTries) return 'conflict';
            await sleep(tries * contentionMilliseconds);
          } else if (role === 'job') return 'conflict';
          else if (role === 'also') return also && 'claim' in also ? 'claimed' : 'conflict';
          else if (role === 'running') return 'stopped';
          else {
            const { key, kind } = role as BudgetMove;
            const limit = limits?.of.get(key);
            const there = reasons[failed]?.Item && budgetSchema.parse(unmarshall(reasons[failed].Item));
            // A row that somebody took away gets nothing back; what happened is written all the same.
            if (kind !== 'take') moves = moves.filter((move) => move !== role);
            else if (limit === undefined || !limits || tries === mostTries) return { exhausted: key };
            else if (!there) await beginRow(table, key, limit, limits.version);
            // These limits are old news: whoever asked reads them again.
            else if ((there.limitsVersion ?? 0) > limits.version) return 'conflict';
            else if (there.limitsVersion === limits.version) return { exhausted: key };
            else await followLimit(table, key, there, { limit, version: limits.version });
          }
        }
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

    overdue: (now, most) => due(dueIndex.partition, now, most, 'JOB#'),
    openAuthorizations: (most) => due(dueIndex.money, Number.MAX_SAFE_INTEGER, most, 'PURCHASE#'),
  };
}
