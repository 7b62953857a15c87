import { DeleteItemCommand, DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { parseRow, readRow } from './dynamodb-table.ts';

/** Rows of the origins that an operator allows beside the pin, and of those on which a result was held. */
const allowedKey = 'CONTROL#HOSTS#allowed';
const heldKey = 'HELD#hosts';
/** A line of the operator's list is of use for as long as somebody may look into what happened. */
const heldDays = 30;

const allowedSchema = z.strictObject({
  origin: z.string(),
  by: z.string().max(256),
  /** Unix milliseconds. */
  at: z.int(),
});
export type AllowedHost = z.infer<typeof allowedSchema>;

const heldSchema = z.strictObject({
  origin: z.string(),
  /** The last job whose result lay there, and when it was last found there, Unix milliseconds. */
  jobId: z.string(),
  at: z.int(),
  /** Unix seconds. */
  expiresAt: z.int(),
});
export type HeldHost = Omit<z.infer<typeof heldSchema>, 'expiresAt'>;

/** What the delivery asks and tells: it can allow nothing. */
export interface ResultHosts {
  isAllowed(origin: string): Promise<boolean>;
  noteHeld(held: HeldHost): Promise<void>;
}

/** What an operator sees and says. */
export interface HostControl {
  allowed(): Promise<readonly AllowedHost[]>;
  /** Newest first; those that are allowed by now among them. */
  held(): Promise<readonly HeldHost[]>;
  allow(host: AllowedHost): Promise<void>;
  forbid(origin: string): Promise<void>;
}

export const resultHostsIn = (tableName: string, client = new DynamoDBClient({})): ResultHosts => ({
  isAllowed: async (origin) =>
    (await readRow({ client, tableName }, allowedSchema, { pk: allowedKey, sk: origin })) !== undefined,
  async noteHeld(held) {
    const expiresAt = Math.ceil(held.at / 1000) + heldDays * 86_400;
    const Item = marshall({ pk: heldKey, sk: held.origin, ...held, expiresAt });
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
  },
});

export function hostControlIn(tableName: string, client = new DynamoDBClient({})): HostControl {
  async function rowsOf<Row>(key: string, schema: z.ZodType<Row>): Promise<Row[]> {
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': key }),
        ConsistentRead: true,
      },
    );
    const rows: Row[] = [];
    for await (const { Items = [] } of pages)
      rows.push(...Items.map((item) => parseRow(schema, unmarshall(item))));
    return rows;
  }

  return {
    allowed: () => rowsOf(allowedKey, allowedSchema),
    async held() {
      const rows = await rowsOf(heldKey, heldSchema);
      return rows.map(({ expiresAt: _until, ...held }) => held).toSorted((a, b) => b.at - a.at);
    },
    async allow(host) {
      const Item = marshall({ pk: allowedKey, sk: host.origin, ...host });
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    async forbid(origin) {
      const Key = marshall({ pk: allowedKey, sk: origin });
      await client.send(new DeleteItemCommand({ TableName: tableName, Key }));
    },
  };
}
