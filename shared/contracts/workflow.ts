import * as z from 'zod';

/** Input of the workflow; an id and a time only, since histories are readable for 90 days. */
export const workflowInputSchema = z.strictObject({
  jobId: z.uuid(),
  /** Whole seconds that the workflow waits before the job is looked at. */
  waitSeconds: z.int().min(0),
});

export type WorkflowInput = z.infer<typeof workflowInputSchema>;

/** Input of each of its tasks: the job, and when this run of the workflow began. */
export const taskInputSchema = z.strictObject({
  jobId: z.uuid(),
  startedAt: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
});
