import * as z from 'zod';

/** A message of the payment queue: which job to go on with. Everything else is in the ledger. */
export const paymentMessageSchema = z.strictObject({ jobId: z.uuid() });

export type PaymentMessage = z.infer<typeof paymentMessageSchema>;
