import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { nonceRow } from './dynamodb-authorizations.ts';
import { budgetRow } from './dynamodb-budgets.ts';
import { readRow } from './dynamodb-table.ts';

/** How far the chain was read for one token, and what the wallet held there. */
const cursorSchema = z.strictObject({
  blockNumber: z.int().nonnegative(),
  blockHash: z.string(),
  /** Atomic units. */
  balance: z.int().nonnegative(),
  /** What of it may not be reserved: as it was when the wallet's row last followed it. */
  floor: z.int().nonnegative(),
});
export type ChainCursor = z.infer<typeof cursorSchema>;

/** What a look could not explain, and whether an operator has taken note of it. */
const findingSchema = z.strictObject({
  /** Up to which block was looked. */
  blockNumber: z.int().nonnegative(),
  unexplained: z.array(z.string()),
  /** Unix milliseconds. */
  at: z.int(),
  noted: z.strictObject({ reason: z.string(), by: z.string(), at: z.int() }).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

export interface ChainLedger {
  readCursor(token: string): Promise<ChainCursor | undefined>;
  /**
   * Moves the cursor on, and with it what the wallet's row may still reserve.
   * @param credit atomic units that came in (or that begin the row, with the first cursor)
   * @returns false when somebody else moved it meanwhile
   */
  moveCursor(
    token: string,
    before: ChainCursor | undefined,
    after: ChainCursor,
    credit: { readonly key: string; readonly amount: number },
  ): Promise<boolean>;
  /** Keeps what the newest look could not explain. */
  noteFinding(token: string, finding: Finding): Promise<void>;
  readFinding(token: string): Promise<Finding | undefined>;
  /**
   * Takes note of a finding: looks go on past it.
   * @returns false when it is no longer the newest
   */
  takeNote(token: string, finding: Finding, noted: NonNullable<Finding['noted']>): Promise<boolean>;
  /** The job whose proof noted it (`dynamodb-authorizations.ts`). */
  ownerOfNonce(nonce: string): Promise<string | undefined>;
}

const cursorRow = (token: string) => ({ pk: `CHAIN#${token}`, sk: 'CURSOR' });
const findingRow = (token: string) => ({ pk: `CHAIN#${token}`, sk: 'FINDING' });

export function chainLedgerIn(tableName: string, client = new DynamoDBClient({})): ChainLedger {
  const table = { client, tableName };
  return {
    readCursor: (token) => readRow(table, cursorSchema, cursorRow(token)),
    async moveCursor(token, before, after, { key, amount }) {
      const cursor = {
        TableName: tableName,
        Item: marshall({ ...cursorRow(token), ...after }),
        ...(before
          ? {
              ConditionExpression: 'blockNumber = :before',
              ExpressionAttributeValues: marshall({ ':before': before.blockNumber }),
            }
          : { ConditionExpression: 'attribute_not_exists(pk)' }),
      };
      const credit = {
        TableName: tableName,
        Key: marshall(budgetRow(key)),
        UpdateExpression: 'ADD #limit :n, remaining :n, held :zero, committed :zero',
        ExpressionAttributeNames: { '#limit': 'limit' },
        ExpressionAttributeValues: marshall({ ':n': amount, ':zero': 0 }),
      };
      try {
        await client.send(
          new TransactWriteItemsCommand({ TransactItems: [{ Put: cursor }, { Update: credit }] }),
        );
        return true;
      } catch (error) {
        if (error instanceof TransactionCanceledException) return false;
        throw error;
      }
    },
    async noteFinding(token, finding) {
      const Item = marshall({ ...findingRow(token), ...finding }, { removeUndefinedValues: true });
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    readFinding: (token) => readRow(table, findingSchema, findingRow(token)),
    async takeNote(token, { blockNumber, at }, noted) {
      const update = {
        TableName: tableName,
        Key: marshall(findingRow(token)),
        UpdateExpression: 'SET noted = :noted',
        ConditionExpression: 'blockNumber = :block AND #at = :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: marshall({ ':noted': noted, ':block': blockNumber, ':at': at }),
      };
      try {
        await client.send(new UpdateItemCommand(update));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    ownerOfNonce: async (nonce) =>
      (await readRow(table, z.object({ jobId: z.string() }), nonceRow(nonce)))?.jobId,
  };
}

/** The newest finding that nobody has taken note of and no look has gone past since; undefined when all is explained. */
export async function openFinding(ledger: ChainLedger, token: string): Promise<Finding | undefined> {
  const [finding, cursor] = await Promise.all([ledger.readFinding(token), ledger.readCursor(token)]);
  const isPast = (cursor?.blockNumber ?? -1) >= (finding?.blockNumber ?? 0);
  return finding?.noted || isPast ? undefined : finding;
}
