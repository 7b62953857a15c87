import type { Statement } from './iam-policy.ts';

export type ServiceName = 'sqs' | 's3' | 'dynamodb' | 'kms' | 'states' | 'events';

/** Where the emulated account is: every ARN is made from this. */
export type Place = { readonly region: string; readonly accountId: string };

/** Who signed a request. `userId` is the IAM unique id (`AROA…:session` for a role), never an ARN. */
export type Identity = {
  readonly accessKeyId: string;
  /** Logical id of the calling Lambda function; undefined for the operator and other people. */
  readonly functionId: string | undefined;
  readonly userId: string;
  /** `aws:PrincipalArn`: the role's ARN for a function, else the user's. */
  readonly principalArn: string;
  /** `'all'` for the operator, who is the account's administrator. */
  readonly statements: readonly Statement[] | 'all';
};

/** One SDK call, as an endpoint received it. `input` is the request's JSON (for S3: Bucket, Key and headers). */
export type Call = {
  readonly service: ServiceName;
  readonly operation: string;
  readonly functionId: string | undefined;
  /** The very sandbox that made the call; `world.kill` takes it. */
  readonly workerId: string | undefined;
  readonly input: Readonly<Record<string, unknown>>;
};

/** What a tap may answer: nothing, a broken connection, or an AWS error. */
export type TapAnswer =
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a tap that only looks on returns nothing
  | void
  | {
      readonly fail: 'reset' | { readonly code: string; readonly message?: string; readonly status?: number };
    };

/**
 * A test's hand on the wire: awaited before the call is performed and again after it, before the answer leaves. To
 * fail in the phase `after` is to lose the answer of a call that took effect.
 */
export type Tap = (call: Call & { readonly phase: 'before' | 'after' }) => TapAnswer | Promise<TapAnswer>;
