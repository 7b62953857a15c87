import * as z from 'zod';

/** How long things may take, in seconds; settings of the stack, so that a test can shorten them. */
export const timingsSchema = z.strictObject({
  /** From acceptance until the seller's job id is known. */
  paymentDeadlineSeconds: z.int().positive().default(1800),
  /** From the seller's job id until the result is in the bucket; the catalogue says it for each model. */
  deliveryDeadlineSeconds: z.int().positive().optional(),
  /** What the models' own times are multiplied by: a seller of the tests renders a video in a second. */
  pollingScale: z.number().positive().max(10).default(1),
  /** How long the seller may take to answer a paid POST; settlement and its retries are part of it. */
  answerSeconds: z.int().positive().default(30),
  /** How long a signer or a seller that is down is left alone, and a job that may not be signed now. */
  outageSeconds: z.int().positive().default(15),
  /** Not sooner than this after an answer that was no job are the same bytes sent again. */
  resendSeconds: z.int().positive().default(3),
  /** A step that has been silent for so long is taken for lost, and re-queued. */
  stallSeconds: z.int().positive().default(60),
  /** Between two looks at a purchase whose stored bytes can no longer be sent, or at a job that is denied, at the most. */
  recoverySeconds: z.int().positive().default(60),
  /** A second poll confirms "failed", or a denial, after this long. */
  confirmSeconds: z.int().positive().default(30),
  /** Between two invocations that watch one job, and before a picture is fetched anew. */
  waitSeconds: z.int().positive().default(5),
  /** One run of the workflow at least; after it a new run may begin. */
  workflowSeconds: z.int().positive().default(240),
  /** A job's row is kept for so long after the last thing that happened to it; without it, for good. */
  keepJobSeconds: z.int().positive().optional(),
  /** What was delivered is kept for so long; without it, for good. */
  keepPictureSeconds: z.int().positive().optional(),
});

export type Timings = z.infer<typeof timingsSchema>;
