import { DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type ModelTimes, modelTimesSchema, type TimesKey } from '../core/model-times.ts';
import { parseRow, type RowKey, readRow } from './dynamodb-table.ts';

/**
 * What was learned of the models' times: `TIMES#` and the offering, one row for each size. Nothing in it is of anybody;
 * a reading may be old, and of two writers the later one stands: both do no harm.
 */
export interface ModelTimesLedger {
  read(key: TimesKey): Promise<ModelTimes | undefined>;
  put(key: TimesKey, times: ModelTimes): Promise<void>;
  /** Every size of one offering that something was learned of. */
  list(offering: string): Promise<readonly (ModelTimes & { readonly size: string })[]>;
}

const partitionOf = (offering: string): string => `TIMES#${offering}`;
const rowOf = ({ offering, size }: TimesKey): RowKey => ({ pk: partitionOf(offering), sk: size });

export const modelTimesIn = (tableName: string, client = new DynamoDBClient({})): ModelTimesLedger => ({
  read: (key) => readRow({ client, tableName }, modelTimesSchema, rowOf(key), false),
  async put(key, times) {
    const Item = marshall({ ...rowOf(key), ...times });
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
  },
  async list(offering) {
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :offering',
        ExpressionAttributeValues: marshall({ ':offering': partitionOf(offering) }),
      },
    );
    const listed: (ModelTimes & { size: string })[] = [];
    for await (const { Items = [] } of pages)
      for (const item of Items.map((one) => unmarshall(one)))
        listed.push({ ...parseRow(modelTimesSchema, item), size: String(item.sk) });
    return listed;
  },
});
