import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type BudgetMove, isAsking, isOfExposure } from '../core/budget-moves.ts';
import { CoinboothError } from '../core/errors.ts';
import type { ExposureBound } from '../core/exposure.ts';
import { type Job, jobSchema } from '../core/job-record.ts';
import type { Loss } from '../core/loss.ts';
import { erasedCaller } from '../core/retention.ts';
import {
  type Also,
  authorizationKey,
  companions,
  type StoredAuthorization,
  storedAuthorizationSchema,
} from './dynamodb-authorizations.ts';
import { bookPut } from './dynamodb-books.ts';
import { beginRow, budgetSchema, followLimit, moveIn, whileRunning } from './dynamodb-budgets.ts';
import { exposureIn } from './dynamodb-exposure.ts';
import { headerPut } from './dynamodb-headers.ts';
import { type IdempotencyKey, idempotencyRow, idempotencySchema } from './dynamodb-idempotency.ts';
import { dueIndex } from './dynamodb-indexes.ts';
import { jobKey, listsOf } from './dynamodb-lists.ts';
import { lossIn } from './dynamodb-losses.ts';
import { isContended, isLost, readRow } from './dynamodb-table.ts';

/**
 * The ledger: one DynamoDB table, and beside it one of signed headers. Jobs under `JOB#`, what stands beside them as
 * `dynamodb-authorizations.ts` and `dynamodb-budgets.ts` say. Every write of a job names the version it read; every decision
 * reads consistently.
 */

const mostTries = 12;
const contentionMilliseconds = 5;

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
  /** Only while signing is allowed: at all, and for its caller, model and payee. */
  readonly running?: boolean;
  readonly moves?: readonly BudgetMove[];
  /** A new job that is put with this write: an upload that the job buys. */
  readonly begins?: Job;
  /** Goes with the denial or end that it tells of, or with the delivery that takes it back. */
  readonly loss?: Loss;
  /** What the rows are to follow, by key; the wallet's own is not among them. */
  readonly limits?: { readonly version: number; readonly of: ReadonlyMap<string, number> };
  /** Of the exposure to the payee, where the write adds to it. */
  readonly bound?: ExposureBound;
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
   * @returns `conflict` when somebody else wrote first or began the same job, `claimed` when the seller's job belongs to another job of
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
  /** The newest losses after `since` and until `until` that were not taken back, `most` at the most. */
  losses(since: number, most: number, until?: number): Promise<readonly Loss[]>;
  /** Ids of unfinished jobs that were due before `now`, oldest first, `most` at the most. */
  overdue(now: number, most: number): Promise<readonly string[]>;
}

/** Whether two jobs are one request: everything that a caller says. */
const asksTheSame = (a: Job, b: Job): boolean =>
  a.caller === b.caller && a.offering === b.offering && a.body === b.body;

const jobItem = (job: Job) =>
  marshall(
    { ...jobKey(job.jobId), ...job, ...(job.dueAt !== undefined && { due: dueIndex.partition }) },
    { removeUndefinedValues: true },
  );

/** @param headersTableName where signed headers are stored: the payer's alone, since nobody else writes one */
export function ledgerIn(
  tableName: string,
  client = new DynamoDBClient({}),
  headersTableName?: string,
): Ledger {
  const table = { client, tableName };

  const newPut = (job: Job) => ({
    TableName: tableName,
    Item: jobItem(job),
    ConditionExpression: 'attribute_not_exists(pk)',
  });

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

  /** A key that was answered with a job of before stands for that job from then on. */
  async function rememberKey(job: Job, key: IdempotencyKey): Promise<void> {
    await client.send(new PutItemCommand(idempotencyPut(job, key))).catch((error: unknown) => {
      if (!isLost(error)) throw error;
    });
  }

  /** What an id or a key was taken for: the same request, by an earlier call or by one whose answer was lost. */
  async function thereAlready(job: Job, key: IdempotencyKey | undefined): Promise<Acceptance> {
    const used = key && (await readRow(table, idempotencySchema, idempotencyRow(key)));
    if (used && used.requestHash !== key.requestHash) return { conflict: used.jobId };
    const there = await readRow(table, jobSchema, jobKey(used?.jobId ?? job.jobId));
    // What it stood for was erased, or is kept no longer: it is not bought again under that name.
    if (used && (!there || there.caller === erasedCaller)) return { conflict: used.jobId };
    if (there && asksTheSame(there, job)) {
      if (key && !used) await rememberKey(there, key);
      return { job: there };
    }
    throw new CoinboothError(
      'Defect',
      `The ledger refused job ${job.jobId}, and no other one is in its place.`,
    );
  }

  return {
    async accept(job, key) {
      const put = newPut(job);
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
        const beside = also ? companions(tableName, after, also) : [];
        const members = [
          { Put: put },
          ...beside,
          ...(guard.running ? [whileRunning(tableName, after)] : []),
          ...(guard.begins ? [{ Put: newPut(guard.begins) }] : []),
          ...moves.map((move) => {
            if (isOfExposure(move)) return exposureIn(tableName, move, guard.bound);
            const limit = limits?.of.get(move.key);
            return moveIn(tableName, move, limits && limit !== undefined ? { ...limits, limit } : undefined);
          }),
          ...(guard.loss ? [lossIn(tableName, guard.loss)] : []),
          ...(also && 'prove' in also ? bookPut(tableName, after) : []),
          ...(also && 'authorize' in also ? [headerPut(headersTableName, after, also.authorize)] : []),
        ];
        const roles = [
          'job',
          ...beside.map(() => 'also'),
          ...(guard.running ? ['running'] : []),
          ...(guard.begins ? ['begins'] : []),
          ...moves,
        ];
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
          } else if (role === 'job' || role === 'begins') return 'conflict';
          else if (role === 'also') return also && 'claim' in also ? 'claimed' : 'conflict';
          else if (role === 'running') return 'stopped';
          else {
            const { key } = role as BudgetMove;
            const limit = limits?.of.get(key);
            const there = reasons[failed]?.Item && budgetSchema.parse(unmarshall(reasons[failed].Item));
            // A row that somebody took away gets nothing back; what happened is written all the same.
            if (!isAsking(role as BudgetMove)) moves = moves.filter((move) => move !== role);
            else if (limit === undefined || !limits) return { exhausted: key };
            else if (there?.limitsVersion === limits.version && there.limit === limit)
              return { exhausted: key };
            // It was never seen with these limits: that says nothing of what is left.
            else if (tries === mostTries) return 'conflict';
            else if (!there) await beginRow(table, key, limit, limits.version);
            // These limits are old news: whoever asked reads them again.
            else if ((there.limitsVersion ?? 0) > limits.version) return 'conflict';
            else await followLimit(table, key, there, { limit, version: limits.version });
          }
        }
      }
    },

    readAuthorization: async (job) => readRow(table, storedAuthorizationSchema, authorizationKey(job)),

    ...listsOf(table),
  };
}
