import * as z from 'zod';

/** Input of the workflow and of each of its tasks; ids only, since histories are readable for 90 days. */
export const workflowInputSchema = z.strictObject({ jobId: z.uuid() });

export type WorkflowInput = z.infer<typeof workflowInputSchema>;
