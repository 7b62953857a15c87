/**
 * What AWS asks for in us-east-1, list price, without a free tier. Each was read in a public copy of an AWS price list or
 * pricing page (`source`), current at the date beside it. A price that changes is changed here; documents follow by
 * `npm run bench`.
 */
export interface Price {
  /** Dollars for `per` units. */
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  readonly source: string;
  readonly asOf: string;
}

const million = 1_000_000;
const extract = { source: 'AWS price list extract', asOf: '2026-09' } as const;
const catalogue = { source: 'AWS price catalogue', asOf: '2026-10-08' } as const;
const page = { source: 'AWS pricing page', asOf: '2026-09' } as const;

export const prices = {
  computeSeconds: { usd: 0.0000133334, per: 1, unit: 'GB-second of Lambda, arm64', ...extract },
  invocations: { usd: 0.2, per: million, unit: 'Lambda invocations', ...extract },
  writeUnits: { usd: 0.625, per: million, unit: 'DynamoDB write request units, on demand', ...extract },
  readUnits: { usd: 0.125, per: million, unit: 'DynamoDB read request units, on demand', ...extract },
  transitions: { usd: 25, per: million, unit: 'Step Functions Standard transitions', ...page },
  expressRuns: { usd: 1, per: million, unit: 'Step Functions Express requests', ...page },
  expressSeconds: { usd: 0.00001667, per: 1, unit: 'GB-seconds of Step Functions Express', ...page },
  signatures: { usd: 0.15, per: 10_000, unit: 'KMS requests on an asymmetric key', ...extract },
  puts: { usd: 5, per: million, unit: 'S3 PUT requests', ...extract },
  gets: { usd: 0.4, per: million, unit: 'S3 GET requests', ...extract },
  queueRequests: { usd: 0.4, per: million, unit: 'SQS requests, standard queue', ...catalogue },
  events: { usd: 1, per: million, unit: 'EventBridge custom events of 64 KB', ...catalogue },
  apiRequests: { usd: 1, per: million, unit: 'API Gateway HTTP API requests', ...catalogue },
  logBytes: { usd: 0.5, per: 1_000_000_000, unit: 'bytes into CloudWatch Logs', ...page },
  keyMonths: { usd: 1, per: 1, unit: 'KMS key and month', ...extract },
} as const satisfies Record<string, Price>;

export type Priced = keyof typeof prices;

/** Dollars for so much of one thing. */
export const usdOf = (what: Priced, quantity: number): number =>
  (quantity * prices[what].usd) / prices[what].per;
