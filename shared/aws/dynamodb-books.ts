import { DynamoDBClient, paginateQuery, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type BookEntry, bookEntryOf, bookEntrySchema } from '../core/book.ts';
import { dayOf } from '../core/budget.ts';
import type { Job } from '../core/job-record.ts';
import { lossKey, lossRowSchema } from './dynamodb-losses.ts';
import { parseRow, readRow } from './dynamodb-table.ts';

/** Rows of the books: `BOOK#` and the day, each entry under the time that it was booked; put once, over nothing. */

export interface Books {
  /** A day's entries, oldest first. @param day in UTC, such as 2026-11-25 */
  entries(day: string): Promise<readonly BookEntry[]>;
  /** Whether a purchase has an entry among the losses that was not taken back. */
  isLoss(jobId: string): Promise<boolean>;
}

const bookOf = (day: string): string => `BOOK#${day}`;

/** The entry that goes with the write that closes an authorization, as one more member of the transaction. */
export function bookPut(tableName: string, job: Job): TransactWriteItem[] {
  const entry = bookEntryOf(job);
  if (!entry) return [];
  const time = new Date(entry.bookedAt).toISOString();
  const row = { pk: bookOf(dayOf(entry.bookedAt)), sk: `${time}#${entry.jobId}`, ...entry };
  const Item = marshall(row, { removeUndefinedValues: true });
  return [{ Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }];
}

export const booksIn = (tableName: string, client = new DynamoDBClient({})): Books => ({
  async entries(day) {
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :book',
        ExpressionAttributeValues: marshall({ ':book': bookOf(day) }),
        ConsistentRead: true,
      },
    );
    const entries: BookEntry[] = [];
    for await (const { Items = [] } of pages)
      entries.push(...Items.map((item) => parseRow(bookEntrySchema, unmarshall(item))));
    return entries;
  },
  async isLoss(jobId) {
    const loss = await readRow({ client, tableName }, lossRowSchema, lossKey(jobId));
    return loss !== undefined && loss.takenBackAt === undefined;
  },
});
