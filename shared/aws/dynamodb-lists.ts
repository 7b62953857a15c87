import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Job, jobSchema } from '../core/job-record.ts';
import type { Ledger } from './dynamodb.ts';
import { callerIndex, dueIndex, requestIndex } from './dynamodb-indexes.ts';
import { lossKey, lossRowSchema } from './dynamodb-losses.ts';
import { readRow } from './dynamodb-table.ts';

const mostSame = 5;

/** Of a job's row. */
export const jobKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: 'JOB' });
const jobIdOf = (item: Record<string, unknown>): string => String(item.pk).slice('JOB#'.length);

type Lists = Pick<Ledger, 'list' | 'findSame' | 'overdue' | 'openAuthorizations' | 'losses'>;

/** What is found by an index: the index says which rows, each of them is then read consistently. */
export function listsOf(table: { client: DynamoDBClient; tableName: string }): Lists {
  const { client, tableName } = table;

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
    async losses(since, most, until = Number.MAX_SAFE_INTEGER) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: dueIndex.name,
          KeyConditionExpression: 'due = :due AND dueAt BETWEEN :first AND :until',
          ExpressionAttributeValues: marshall({
            ':due': dueIndex.losses,
            ':first': since + 1,
            ':until': until,
          }),
          ScanIndexForward: false,
          Limit: most,
        }),
      );
      const ids = Items.map((item) => String(unmarshall(item).pk).slice('LOSS#'.length));
      const found = await Promise.all(ids.map((jobId) => readRow(table, lossRowSchema, lossKey(jobId))));
      return found
        .filter((loss) => loss !== undefined)
        .filter(({ takenBackAt }) => takenBackAt === undefined);
    },

    openAuthorizations: (most) => due(dueIndex.money, Number.MAX_SAFE_INTEGER, most, 'PURCHASE#'),
  };
}
