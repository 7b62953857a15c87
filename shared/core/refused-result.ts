import * as z from 'zod';

/** Results that are there and are not taken: held for their host, or refused by inspection. Times are Unix milliseconds. */

const at = z.int().nonnegative();

/** A result on a host that the pin does not allow. */
export const heldSchema = z.strictObject({
  /** Scheme, host and port; never a path or a query, which may be a secret. */
  origin: z.string().max(300),
  /** When the job's result was first found there. */
  at,
  /** How often it was found there. */
  looks: z.int().positive(),
});
export type Held = z.infer<typeof heldSchema>;

/** Bytes that inspection refused, as they lie in the bucket. */
export const quarantinedSchema = z.strictObject({
  key: z.string(),
  sha256: z.string().length(64),
  bytes: z.int().positive(),
  reason: z.string().max(300),
  at,
});
export type Quarantined = z.infer<typeof quarantinedSchema>;

/** Quarantined bytes that an operator released after the job's end. */
export const releasedSchema = quarantinedSchema.omit({ reason: true });
export type Released = z.infer<typeof releasedSchema>;

/** No function reads below it, and no address is ever signed for it. */
export const quarantinePrefix = 'quarantine/';

/** By its bytes too: the same bytes twice are one object. */
export const quarantineKey = (jobId: string, sha256: string): string =>
  `${quarantinePrefix}${jobId}-${sha256.slice(0, 16)}`;

/** Where a released file lies: among what callers are given addresses of, and in no format. */
export const releasedKey = (jobId: string, sha256: string): string =>
  `pictures/${jobId}-${sha256.slice(0, 16)}.bin`;

/** Objects that one job may have in quarantine; further bytes are refused without being kept. */
export const mostQuarantined = 3;

const firstPauseSeconds = 5;
const growth = 3;
/** A held result costs a poll, and an operator waits for it; a refused one costs a download. */
export const longestPauseSeconds = { held: 60, refused: 300 } as const;
/** The last look before the deadline leaves time for a download. */
const lastLookSeconds = 30;

/**
 * When a result that was not taken is asked for anew: after 5 s, 15 s, 45 s and so on, and once more shortly before the
 * deadline.
 * @param times how often it was not taken, this time included
 * @param scale of the deployment's times
 */
export function nextFetchAt(
  kind: keyof typeof longestPauseSeconds,
  times: number,
  { now, deadlineAt, scale }: { readonly now: number; readonly deadlineAt: number; readonly scale: number },
): number {
  const milliseconds = (seconds: number) => Math.ceil(seconds * scale * 1000);
  const pause = Math.min(firstPauseSeconds * growth ** (times - 1), longestPauseSeconds[kind]);
  const last = Math.max(deadlineAt - milliseconds(lastLookSeconds), now + milliseconds(firstPauseSeconds));
  return Math.min(now + milliseconds(pause), last);
}

/** Why a held result is not delivered, in words for callers and operators. */
export const heldWords = ({ origin }: Held): string =>
  `held: the result lies on ${origin}, which the pin (seller.pictureOrigins) does not allow`;

/** Why a finished result is not delivered yet; undefined where it is taken. */
export const resultWaitsFor = ({
  held,
  refused,
}: {
  readonly held?: Held | undefined;
  readonly refused?: { readonly reason: string } | undefined;
}): string | undefined =>
  held ? heldWords(held) : refused && `the result was refused (${refused.reason}); it is asked for again`;
