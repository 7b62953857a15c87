import * as z from 'zod';

/** Input of the workflow; an id only, since histories are readable for 90 days. */
export const workflowInputSchema = z.strictObject({ jobId: z.uuid() });

export type WorkflowInput = z.infer<typeof workflowInputSchema>;

/** Input of each of its tasks: the workflow's own, and when this run of it began. */
export const taskInputSchema = workflowInputSchema.extend({
  startedAt: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
});
