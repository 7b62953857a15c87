import {
  type AttributeValue,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { payingCaller } from '../core/job-record.ts';
import { isWithdrawal } from '../core/withdrawal.ts';

/** Atomic units: reserved and not proven either way, and proven to be spent. */
export interface Spent {
  readonly held: number;
  readonly committed: number;
}

/** What the purchases of one day came to. */
export interface DaySpending {
  /** There were more rows than are looked at. */
  readonly isPartial: boolean;
  readonly byModel: Readonly<Record<string, Spent>>;
  readonly byCaller: Readonly<Record<string, Spent>>;
  /** Of each hour, from midnight UTC. */
  readonly byHour: readonly Spent[];
}

const hours = 24;

/** Pages of one megabyte: for a person to look at now and then, not to reckon with. */
const mostPages = 20;

const purchaseSchema = z.object({
  caller: z.string(),
  forCaller: z.string().optional(),
  offering: z.string(),
  purchase: z.object({
    amountAtomic: z.string().transform(Number),
    reservedAt: z.number(),
    holdState: z.enum(['held', 'committed', 'released']),
  }),
});

/**
 * Adds up the purchases that take from the budgets of a day, by model and by caller. Budgets know that only where there
 * is a limit; this looks through the jobs, and no further than a bound.
 * @param day in UTC, such as `2026-11-24`
 */
export async function daySpending(
  { client, tableName }: { client: DynamoDBClient; tableName: string },
  day: string,
): Promise<DaySpending> {
  const byModel: Record<string, Spent> = {};
  const byCaller: Record<string, Spent> = {};
  const byHour: Record<string, Spent> = {};
  let from: Record<string, AttributeValue> | undefined;
  let pages = 0;
  do {
    const page: ScanCommandOutput = await client.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: 'begins_with(pk, :job) AND purchase.reservedDay = :day',
        ExpressionAttributeValues: marshall({ ':job': 'JOB#', ':day': day }),
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    for (const item of page.Items ?? []) {
      const { caller, forCaller, offering, purchase } = purchaseSchema.parse(unmarshall(item));
      // Moved, not spent, and from no day's budget.
      if (isWithdrawal({ offering })) continue;
      add(byModel, offering, purchase);
      add(byCaller, payingCaller({ caller, forCaller }), purchase);
      add(byHour, String(new Date(purchase.reservedAt).getUTCHours()), purchase);
    }
    from = page.LastEvaluatedKey;
    pages += 1;
  } while (from && pages < mostPages);
  return {
    isPartial: from !== undefined,
    byModel,
    byCaller,
    byHour: Array.from({ length: hours }, (_, hour) => byHour[hour] ?? { held: 0, committed: 0 }),
  };
}

function add(
  sums: Record<string, Spent>,
  name: string,
  { amountAtomic, holdState }: z.infer<typeof purchaseSchema>['purchase'],
): void {
  const { held = 0, committed = 0 } = sums[name] ?? {};
  if (holdState === 'released') return;
  sums[name] =
    holdState === 'held'
      ? { held: held + amountAtomic, committed }
      : { held, committed: committed + amountAtomic };
}
