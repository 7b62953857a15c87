import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Limits, limitsSchema } from '../core/budget.ts';
import { type Budget, budgetRow, budgetSchema, limitsRow, signingRow } from './dynamodb-budgets.ts';
import { readRow } from './dynamodb-table.ts';

/** Whether signing is allowed, who said so last, when and why. */
const signingSchema = z.strictObject({
  enabled: z.boolean(),
  reason: z.string().max(500),
  by: z.string().max(256),
  /** Unix milliseconds. */
  at: z.int(),
});
export type Signing = z.infer<typeof signingSchema>;

/** In an attribute of their own: `caller` and others are keys of the table's indexes, and no numbers. */
const limitsItemSchema = z.strictObject({ version: z.int(), limits: limitsSchema });

/** What an operator, or an alarm, says about spending; takes effect with the next write, without a deployment. */
export interface Control {
  /** Undefined where nobody has ever said anything: a deployment is born stopped. */
  readSigning(): Promise<Signing | undefined>;
  writeSigning(signing: Signing): Promise<void>;
  /** Undefined where the settings' own limits hold. */
  readLimits(): Promise<Limits | undefined>;
  /**
   * Puts other limits in the place of those that were read; each row follows with the next purchase that takes from it.
   * @returns false when somebody else changed them meanwhile
   */
  writeLimits(next: Limits): Promise<boolean>;
  readBudget(key: string): Promise<Budget | undefined>;
}

export function controlIn(tableName: string, client = new DynamoDBClient({})): Control {
  const table = { client, tableName };

  return {
    readSigning: () => readRow(table, signingSchema, signingRow),
    async writeSigning(signing) {
      await client.send(
        new PutItemCommand({ TableName: tableName, Item: marshall({ ...signingRow, ...signing }) }),
      );
    },
    readLimits: async () => (await readRow(table, limitsItemSchema, limitsRow))?.limits,
    readBudget: (key) => readRow(table, budgetSchema, budgetRow(key)),
    async writeLimits(next) {
      const put = {
        TableName: tableName,
        Item: marshall(
          { ...limitsRow, version: next.version, limits: next },
          { removeUndefinedValues: true },
        ),
        ConditionExpression: 'attribute_not_exists(pk) OR version = :before',
        ExpressionAttributeValues: marshall({ ':before': next.version - 1 }),
      };
      try {
        await client.send(new PutItemCommand(put));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
