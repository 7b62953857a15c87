import * as z from 'zod';
import type { Job } from '../core/job-record.ts';

/** A message of the payment queue: which job to go on with. Everything else is in the ledger. */
export const paymentMessageSchema = z.strictObject({ jobId: z.uuid() });

export type PaymentMessage = z.infer<typeof paymentMessageSchema>;

/**
 * Whose turn a message takes: its manifest's, or else its caller's. What is many at once waits behind what is not, also
 * of the same caller. Of every message of a job, by whomever it is sent, since the queue knows no other tenants.
 */
export const groupOf = ({ manifest, caller }: Pick<Job, 'manifest' | 'caller'>): string =>
  manifest?.id ?? caller;
