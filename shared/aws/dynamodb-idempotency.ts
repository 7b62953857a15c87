import * as z from 'zod';

/** A caller's own name for a request (`Idempotency-Key`), scoped to them. */
export interface IdempotencyKey {
  /** Of caller and key. */
  readonly hash: string;
  /** Of what was asked under it. */
  readonly requestHash: string;
  /** Unix seconds, when the row may go. */
  readonly expiresAt: number;
}

export const idempotencySchema = z.object({ jobId: z.string(), requestHash: z.string() });
export const idempotencyRow = ({ hash }: IdempotencyKey) => ({ pk: `IDEMPOTENCY#${hash}`, sk: 'KEY' });
