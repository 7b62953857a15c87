import * as z from 'zod';
import { limitsSchema } from '../core/budget.ts';
import { CoinboothError } from '../core/errors.ts';
import { plainWords, wrongLines } from '../core/plain-words.ts';
import { chainsSchema, sellerPolicySchema } from '../core/policy.ts';
import { timingsSchema } from '../core/timings.ts';
import { treasuriesSchema } from '../core/withdrawal.ts';

/**
 * Environment of each function: the stack sets these names, the handler reads them, and both take them from here.
 */

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);

const text = z.string().min(1);

/** Less than the window of an authorization, so that what was quoted is still a price of today's. */
export const mostQuoteSeconds = 240;

export const environments = {
  intake: z.object({
    TABLE_NAME: text,
    QUEUE_URL: text,
    BUCKET_NAME: text,
    REFERENCE_BUCKETS: json(z.array(z.string())),
    LIMITS: json(limitsSchema),
    SELLER: json(sellerPolicySchema),
    TIMINGS: json(timingsSchema),
  }),
  requests: z.object({
    TABLE_NAME: text,
    QUEUE_URL: text,
    BUCKET_NAME: text,
    EVENT_BUS_NAME: text,
    REFERENCE_BUCKETS: json(z.array(z.string())),
    SELLER: json(sellerPolicySchema),
    TIMINGS: json(timingsSchema),
  }),
  manifest: z.object({
    TABLE_NAME: text,
    QUEUE_URL: text,
    INBOX_NAME: text,
    /** Of the queue that S3 writes into. */
    ARRIVALS_ARN: text,
    BUCKET_NAME: text,
    EVENT_BUS_NAME: text,
    /** The most that one manifest may cost, in atomic units of a six-decimal dollar asset. */
    CEILING_ATOMIC: z.string().regex(/^[1-9][0-9]{0,14}$/),
    REFERENCE_BUCKETS: json(z.array(z.string())),
    LIMITS: json(limitsSchema),
    SELLER: json(sellerPolicySchema),
    TIMINGS: json(timingsSchema),
  }),
  payer: z.object({
    TABLE_NAME: text,
    /** Of signed headers. Where a deployment has none yet, nothing is signed. */
    HEADERS_TABLE_NAME: text.optional(),
    QUEUE_URL: text,
    KEY_ID: text,
    /** Of the wallets before this one, oldest first. */
    EARLIER_KEY_IDS: json(z.array(text)),
    DEPLOYMENT: text,
    /** Of the state machine of each kind. */
    WORKFLOW_ARNS: json(z.strictObject({ express: text, standard: text })),
    EVENT_BUS_NAME: text,
    BUCKET_NAME: text,
    REFERENCE_BUCKETS: json(z.array(z.string())),
    LIMITS: json(limitsSchema),
    CHAINS: json(chainsSchema),
    /** Where withdrawals go, by network. */
    TREASURY: json(treasuriesSchema),
    /** For so long a quote that was paid is taken for the price of the next request of its kind. */
    QUOTE_SECONDS: json(z.int().min(0).max(mostQuoteSeconds)),
    SELLER: json(sellerPolicySchema),
    TIMINGS: json(timingsSchema),
    METRICS_NAMESPACE: text,
  }),
  auditor: z.object({ SELLER: json(sellerPolicySchema), METRICS_NAMESPACE: text }),
  poll: z.object({
    TABLE_NAME: text,
    KEY_ID: text,
    /** Of the wallets before this one, oldest first. */
    EARLIER_KEY_IDS: json(z.array(text)),
    EVENT_BUS_NAME: text,
    BUCKET_NAME: text,
    SELLER: json(sellerPolicySchema),
    TIMINGS: json(timingsSchema),
    METRICS_NAMESPACE: text,
  }),
  deliver: z.object({
    TABLE_NAME: text,
    BUCKET_NAME: text,
    EVENT_BUS_NAME: text,
    SELLER: json(sellerPolicySchema),
    TIMINGS: json(timingsSchema),
    METRICS_NAMESPACE: text,
  }),
  reconciler: z.object({
    TABLE_NAME: text,
    QUEUE_URL: text,
    KEY_ID: text,
    /** Of the wallets before this one, oldest first. */
    EARLIER_KEY_IDS: json(z.array(text)),
    LIMITS: json(limitsSchema),
    CHAINS: json(chainsSchema),
    SELLER: json(sellerPolicySchema),
    TIMINGS: json(timingsSchema),
    METRICS_NAMESPACE: text,
  }),
  sweeper: z.object({
    TABLE_NAME: text,
    QUEUE_URL: text,
    MANIFEST_QUEUE_URL: text,
    TIMINGS: json(timingsSchema),
  }),
} as const;

export type FunctionName = keyof typeof environments;
export type EnvironmentOf<Name extends FunctionName> = z.infer<(typeof environments)[Name]>;

/**
 * Reads a function's environment once, at cold start.
 * @throws ConfigInvalid, naming every variable that is missing or wrong
 */
export function readEnvironment<Name extends FunctionName>(
  name: Name,
  variables: Readonly<Record<string, string | undefined>>,
): EnvironmentOf<Name> {
  const parsed = environments[name].safeParse(variables, { error: plainWords });
  if (parsed.success) return parsed.data as EnvironmentOf<Name>;
  const wrong = wrongLines(parsed.error).join('; ');
  throw new CoinboothError('ConfigInvalid', `The environment of ${name} is wrong: ${wrong}`);
}
