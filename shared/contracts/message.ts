import * as z from 'zod';
import type { Job } from '../core/job-record.ts';

/** A message of the payment queue: which job to go on with. Everything else is in the ledger. */
const goOnSchema = z.strictObject({ jobId: z.uuid() });

/** So many jobs one message names at the most. */
export const mostErased = 100;

/** Jobs whose money is known: the payer, who alone may, erases what was signed for them. */
const eraseSchema = z.strictObject({ erase: z.array(z.uuid()).min(1).max(mostErased) });

export const paymentMessageSchema = z.union([goOnSchema, eraseSchema]);

export type PaymentMessage = z.infer<typeof paymentMessageSchema>;

/**
 * Whose turn a message takes: its manifest's, or else its caller's. What is many at once waits behind what is not, also
 * of the same caller. Of every message of a job, by whomever it is sent, since the queue knows no other tenants.
 */
export const groupOf = ({ manifest, caller }: Pick<Job, 'manifest' | 'caller'>): string =>
  manifest?.id ?? caller;
