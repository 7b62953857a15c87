import * as z from 'zod';
import { mostQuoteSeconds } from '../../shared/contracts/environment.ts';
import { withExposureName } from '../../shared/core/budget.ts';
import { plainWords, wrongLines } from '../../shared/core/plain-words.ts';
import { chainsSchema, sellerPolicySchema } from '../../shared/core/policy.ts';
import { type Timings, timingsSchema } from '../../shared/core/timings.ts';
import { treasuriesSchema } from '../../shared/core/withdrawal.ts';
import { objectionsTo } from './settings-objections.ts';
import { chosenStage } from './stages.ts';

/** Dollars as people write them, in atomic units of a six-decimal asset. */
const dollarsSchema = z
  .string()
  .regex(/^\$?\d{1,6}(\.\d{1,6})?$/, 'must be dollars such as "25" or "$0.50"')
  .transform((text) => Math.round(Number(text.replace('$', '')) * 1_000_000));

/** The settings of one deployment: `context.coinbooth` in `cdk.json`. */
export const settingsSchema = z.strictObject({
  /** Of the stack, and of its event bus; a second deployment in one account and region needs another. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,30}$/, 'must be up to 31 letters, digits and hyphens, a letter first')
    .default('Coinbooth'),
  /** The one account and region that it may be deployed to; otherwise wherever the credentials lead. */
  environment: z
    .strictObject({
      account: z.string().regex(/^\d{12}$/, 'must be the twelve digits of an account'),
      region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as us-east-1'),
    })
    .optional(),
  seller: sellerPolicySchema,
  wallet: z
    .strictObject({
      /** The how many-th key pays: one more makes a new wallet beside those before it. */
      edition: z.int().min(1).max(20).default(1),
      /** The oldest key that still signs in for the jobs that it paid for. */
      oldest: z.int().min(1).max(20).default(1),
    })
    .prefault({}),
  // How long a job and its picture are kept is said in days, under `retention`.
  timings: timingsSchema.omit({ keepJobSeconds: true, keepPictureSeconds: true }).prefault({}),
  /** What may be spent until an operator says otherwise; dollars. */
  budgets: z
    .strictObject({
      /** Per day (UTC), of everything. */
      total: dollarsSchema.default(25_000_000),
      /** Per day, for each caller, model or payee. */
      caller: dollarsSchema.optional(),
      model: dollarsSchema.optional(),
      payee: dollarsSchema.optional(),
      /** What stays in the wallet. */
      floor: dollarsSchema.default(0),
      /** Payments that may be sent to one payee and not delivered yet: 50, or what it delivered in the last hour. */
      exposurePerPayee: z.int().positive().optional(),
      /** Another name of `exposurePerPayee`. */
      unseenPerPayee: z.int().positive().optional(),
      /** Dollars of such payments; a fifth of `total` without it. */
      exposureUsdPerPayee: dollarsSchema.optional(),
      /** So many payments of an hour that brought nothing stop their model. */
      lossesPerHour: z.int().positive().default(3),
    })
    .transform(withExposureName)
    .prefault({}),
  /** Nodes of the chains that are paid on, by CAIP-2 name. */
  chains: chainsSchema.default({}),
  /** Where `wallet withdraw` moves money to, by CAIP-2 name; nowhere without it. */
  treasury: treasuriesSchema.default({}),
  references: z
    .strictObject({
      /** Buckets of this account whose objects a request may name as `s3://bucket/key`. */
      buckets: z
        .array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'))
        .max(20)
        .default([]),
    })
    .prefault({}),
  manifests: z
    .strictObject({
      /** Dollars: the most that the lines of one manifest may cost together. */
      ceilingUsd: z.number().min(0.01).max(100_000).default(100),
    })
    .prefault({}),
  payer: z
    .strictObject({
      /** Time for a quote, a signature, a paid answer, and one more look. */
      timeoutSeconds: z.int().min(6).max(900).default(60),
      /** Invocations at once; each takes up to five jobs. */
      maximumConcurrency: z.int().min(2).max(1000).default(10),
      /** For so long a quote that was paid is taken for the price of the next request of its kind; 0: never. */
      quoteSeconds: z.int().min(0).max(mostQuoteSeconds).default(0),
    })
    .prefault({}),
  api: z
    .strictObject({
      requestsPerSecond: z.int().positive().default(50),
      burst: z.int().positive().default(100),
      /** Callers with a token of this issuer, in the place of IAM. */
      jwt: z.strictObject({ issuer: z.url(), audience: z.array(z.string().min(1)).min(1) }).optional(),
    })
    .prefault({}),
  alarms: z
    .strictObject({
      /** An SNS topic that is told of every alarm, when it rings and when it ends. */
      topicArn: z
        .string()
        .regex(
          /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
          'must be the ARN of an SNS topic',
        )
        .optional(),
      /** Dollars: a wallet with less is to be filled. */
      walletBelow: dollarsSchema.prefault('5'),
    })
    .prefault({}),
  /** X-Ray: Lambda's and the workflow's own segments, by their own sampling. */
  tracing: z.boolean().default(false),
  /** How long what callers asked for and got is kept; the books are kept for good. */
  retention: z
    .strictObject({
      /** Jobs with their prompts, after all is known of them; not shorter than their keys are good for. */
      jobDays: z.int().min(31).optional(),
      /** What was delivered, with the side-cars, and the results of manifests. */
      pictureDays: z.int().positive().optional(),
      /** Manifests in the inbox, and their plans. */
      manifestDays: z.int().positive().default(90),
    })
    .prefault({}),
  logRetentionDays: z.union([7, 14, 30, 60, 90, 365].map((days) => z.literal(days))).default(30),
});

export type Settings = z.infer<typeof settingsSchema> & { readonly timings: Timings };
/** As people write them, with everything left out that has a default. */
export type CoinboothSettings = z.input<typeof settingsSchema>;

/** Where a synthesised stack is to run: only on one machine may a seller be reached by http or loopback. */
export type World = 'cloud' | 'local';

/**
 * Reads a deployment's settings.
 * @param context as in `cdk.json`, unparsed
 * @param stage which of its stages, where it has any
 * @throws Error naming every setting that is wrong, in the words of the person who wrote them
 */
export function readSettings(context: unknown, world: World, stage?: string): Settings {
  const parsed = settingsSchema.safeParse(chosenStage(context, stage), { error: plainWords });
  const wrong = parsed.success ? objectionsTo(parsed.data, world) : wrongLines(parsed.error, ['coinbooth']);
  if (!parsed.success || wrong.length > 0)
    throw new Error(`The settings ${whose[world]} are wrong:\n  ${wrong.join('\n  ')}`);
  return withRetention(parsed.data);
}

const whose: Readonly<Record<World, string>> = {
  cloud: '(of cdk.json, or of the construct)',
  local: 'of the booth on this machine',
};

/** Whoever writes a job's row says with it when it may go, and nobody is given what is gone. */
const withRetention = (settings: Settings): Settings => {
  const { jobDays, pictureDays } = settings.retention;
  return {
    ...settings,
    timings: {
      ...settings.timings,
      ...(jobDays !== undefined && { keepJobSeconds: jobDays * daySeconds }),
      ...(pictureDays !== undefined && { keepPictureSeconds: pictureDays * daySeconds }),
    },
  };
};

const daySeconds = 86_400;
