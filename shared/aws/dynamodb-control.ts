import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Limits, limitsSchema } from '../core/budget.ts';
import { type Deliveries, exposureKey } from '../core/exposure.ts';
import {
  type Budget,
  budgetRow,
  budgetSchema,
  limitsRow,
  resumedAttribute,
  signingRow,
  stoppedAttribute,
} from './dynamodb-budgets.ts';
import { type Exposure, exposureSchema, putDeliveries } from './dynamodb-exposure.ts';
import { readRow } from './dynamodb-table.ts';

const longestReason = 500;

/** Whether signing is allowed, who said so last, when and why. */
const signingSchema = z.strictObject({
  enabled: z.boolean(),
  reason: z.string().max(longestReason),
  by: z.string().max(256),
  /** Unix milliseconds. */
  at: z.int(),
});
export type Signing = z.infer<typeof signingSchema>;

/** A stop counts for more than its words: a reason that could not be read back is cut, and never refused. */
const brief = (reason: string): string => reason.slice(0, longestReason).toWellFormed();

/** The same of one caller, model or payee, such as `payee:0x07f0…`. */
const switchSchema = signingSchema.extend({ scope: z.string() });
export type Switch = z.infer<typeof switchSchema>;

/** One row, so that one condition asks them all; each is an attribute, turned by itself whoever turns another. */
const signingRowSchema = z.preprocess(
  (row: Record<string, unknown>) => {
    const { enabled, reason, by, at, ...beside } = row;
    const switches = Object.entries(beside).map(([name, said]) => ({
      ...(said as object),
      enabled: name.startsWith(resumedAttribute('')),
      scope: name.slice(name.indexOf(' ') + 1),
    }));
    return { ...(enabled !== undefined && { signing: { enabled, reason, by, at } }), switches };
  },
  z.strictObject({ signing: signingSchema.optional(), switches: z.array(switchSchema) }),
);

/** In an attribute of their own: `caller` and others are keys of the table's indexes, and no numbers. */
const limitsItemSchema = z.strictObject({ version: z.int(), limits: limitsSchema });

/** What an operator, or an alarm, says about spending; takes effect with the next write, without a deployment. */
export interface Control {
  /** Undefined where nobody has ever said anything: a deployment is born stopped. */
  readSigning(): Promise<Signing | undefined>;
  writeSigning(signing: Signing): Promise<void>;
  /** What was ever said of single callers, models and payees, the newest of each. */
  readSwitches(): Promise<readonly Switch[]>;
  writeSwitch(turned: Switch): Promise<void>;
  /** Undefined where the settings' own limits hold. */
  readLimits(): Promise<Limits | undefined>;
  /**
   * Puts other limits in the place of those that were read; each row follows with the next purchase that takes from it.
   * @returns false when somebody else changed them meanwhile
   */
  writeLimits(next: Limits): Promise<boolean>;
  readBudget(key: string): Promise<Budget | undefined>;
  /** Undefined where nothing was ever reserved for the payee. */
  readExposure(payTo: string): Promise<Exposure | undefined>;
  /** Writes a count of the payee's deliveries. @throws where the payee has no row */
  writeDeliveries(payTo: string, counted: Required<Deliveries>): Promise<void>;
}

export function controlIn(tableName: string, client = new DynamoDBClient({})): Control {
  const table = { client, tableName };

  return {
    readSigning: async () => (await readRow(table, signingRowSchema, signingRow))?.signing,
    async writeSigning({ enabled, reason, by, at }) {
      const update = {
        TableName: tableName,
        Key: marshall(signingRow),
        UpdateExpression: 'SET enabled = :enabled, reason = :reason, #by = :by, #at = :at',
        ExpressionAttributeNames: { '#by': 'by', '#at': 'at' },
        ExpressionAttributeValues: marshall({
          ':enabled': enabled,
          ':reason': brief(reason),
          ':by': by,
          ':at': at,
        }),
      };
      await client.send(new UpdateItemCommand(update));
    },
    readSwitches: async () => (await readRow(table, signingRowSchema, signingRow))?.switches ?? [],
    async writeSwitch({ scope, enabled, reason, ...said }) {
      const [stopped, resumed] = [stoppedAttribute(scope), resumedAttribute(scope)];
      const update = {
        TableName: tableName,
        Key: marshall(signingRow),
        UpdateExpression: 'SET #now = :said REMOVE #before',
        ExpressionAttributeNames: {
          '#now': enabled ? resumed : stopped,
          '#before': enabled ? stopped : resumed,
        },
        ExpressionAttributeValues: marshall({ ':said': { ...said, reason: brief(reason) } }),
      };
      await client.send(new UpdateItemCommand(update));
    },
    readLimits: async () => (await readRow(table, limitsItemSchema, limitsRow))?.limits,
    readBudget: (key) => readRow(table, budgetSchema, budgetRow(key)),
    readExposure: (payTo) => readRow(table, exposureSchema, budgetRow(exposureKey(payTo))),
    writeDeliveries: (payTo, counted) => putDeliveries(table, exposureKey(payTo), counted),
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
