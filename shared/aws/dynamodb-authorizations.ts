import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { frozenSchema } from '../core/authorization.ts';
import { CoinboothError } from '../core/errors.ts';
import type { Job } from '../core/job-record.ts';
import { dueIndex } from './dynamodb-indexes.ts';
import { longText, packed } from './packed-text.ts';

/**
 * Rows that stand beside a job: its authorization under `PURCHASE#`, and its claim on a job of the seller's under
 * `SELLERJOB#`. Each is written in the transaction that writes the job. The signed header lies in a table of its own
 * (`dynamodb-headers.ts`).
 */

export const storedAuthorizationSchema = z
  .strictObject({
    /**
     * `held` before a signature, `live` once one exists that may have left, `settled` or `dead` when a final block shows
     * it, or `dead` when it never will be signed.
     */
    state: z.enum(['held', 'live', 'settled', 'dead']),
    /** When a look at the chain can first tell what became of it; absent when that is known. */
    dueAt: z.int().optional(),
    authorization: frozenSchema,
    /** The key that signs it, and later the polls of its job. */
    signer: z.strictObject({ keyId: z.string(), address: z.string() }),
    /** What must be echoed to the seller, JSON; until it is part of the signed header. */
    challenge: longText.optional(),
    /** In rows of before signed headers had a table of their own: what lies in that table now. */
    signedHeader: longText.optional(),
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

/** Where a job's authorization is. */
export function authorizationKey({ purchase }: Job) {
  if (!purchase) throw new CoinboothError('Defect', 'A job without a purchase has no authorization.');
  return { pk: `PURCHASE#${purchase.purchaseId}`, sk: `AUTHORIZATION#${purchase.generation}` };
}

/** Whose a nonce is, or a transaction, that a final block shows. */
export const nonceRow = (nonce: string) => ({ pk: `NONCE#${nonce.toLowerCase()}`, sk: 'NONCE' });

/**
 * What goes with a job's write, as further members of the transaction: one row, and with a proof the note of whose its
 * nonce is, and its transaction where that was known before it was sent, so that a later look at the same block knows it.
 */
export function companions(tableName: string, job: Job, also: Also): readonly TransactWriteItem[] {
  const own = companion(tableName, job, also);
  if (!('prove' in also)) return [own];
  const { nonce = '', transaction } = job.purchase ?? {};
  const notes = [nonce, transaction].filter((name) => name !== undefined);
  return [
    own,
    ...notes.map((name) => ({
      Put: { TableName: tableName, Item: marshall({ ...nonceRow(name), jobId: job.jobId }) },
    })),
  ];
}

function companion(tableName: string, job: Job, also: Also): TransactWriteItem {
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
            ...(also.reserve.challenge !== undefined && { challenge: packed(also.reserve.challenge) }),
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
      ? (['live', 'held', 'SET #state = :next REMOVE challenge'] as const)
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
      }),
    },
  };
}
