import type { Stack } from 'aws-cdk-lib';
import * as z from 'zod';

/**
 * What the template of a service says beside its resources: by it an operator needs the name of a stack and nothing else,
 * whichever app it was deployed from, and is told what is deployed and not what a file says by now.
 */
const noteSchema = z.object({
  /** As a person wrote them, of the one stage: to be read by `readSettings`. */
  settings: z.unknown(),
  /** The stack with key, ledger and buckets; it may be the same one. */
  keepStack: z.string(),
});
export type StackNote = z.infer<typeof noteSchema>;

/** Under which it stands in the `Metadata` of the template. */
const noteName = 'Coinbooth';

export const leaveNote = (service: Stack, note: StackNote): void => service.addMetadata(noteName, note);

const metadataSchema = z.object({ [noteName]: noteSchema });

/**
 * @param metadata of a deployed template
 * @returns undefined where the template is not of a booth
 */
export const noteIn = (metadata: unknown): StackNote | undefined =>
  metadataSchema.safeParse(metadata).data?.[noteName];
