import type * as z from 'zod';

/** What an entry of the catalogue says: one model and operation of the seller, as data. */

export const pictureFormats = ['webp', 'jpg', 'png'] as const;
export type PictureFormat = (typeof pictureFormats)[number];
export type AssetFormat = PictureFormat | 'mp4' | 'svg';

/** What was asked, to compare with what came; absent where the seller chooses. */
export interface Expected {
  readonly format?: AssetFormat | undefined;
  /** Width divided by height. */
  readonly aspect?: number | undefined;
  readonly megapixels?: number | undefined;
  readonly durationSeconds?: number | undefined;
}

/** When to look at a running job, in seconds since the seller took it. */
export interface PollingProfile {
  /** Nothing is worth asking before this: about the middle of the model's times. */
  readonly firstSeconds: number;
  /** Then in steps of 10–20 % of the typical time, growing so that a stuck job stays cheap. */
  readonly stepSeconds: number;
  readonly growth: number;
  readonly longestStepSeconds: number;
}

export interface Offering<Request = unknown> {
  /** For people: "Flux 2 Pro: edit". */
  readonly title: string;
  /** The job type both the seller and we answer with. */
  readonly type: string;
  /** The request in the seller's own field names; where media goes, any reference of ours (`reference.ts`). */
  readonly request: z.ZodType<Request>;
  /** Fields that hold media: a reference, or a list of them. */
  readonly media: readonly string[];
  /** Fields whose exact form the seller does not publish: passed on as they come. */
  readonly loose: readonly string[];
  /** The most we pay for this request, in atomic units of a six-decimal dollar asset. */
  readonly ceilingAtomic: (request: Request) => bigint;
  /** The ceilings of the cheapest and of the dearest request there is. */
  readonly ceilingRangeAtomic: readonly [lowest: bigint, highest: bigint];
  /**
   * What the seller takes for the fields that make another picture when they are left out: its job
   * list echoes them, and may echo more. Only what its documents say or imply is here: a wrong guess would hide our own
   * job from us, a missing one only makes two requests look alike.
   */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly returns: 'picture' | 'video' | 'svg';
  readonly expected: (request: Request) => Expected;
  /** From payment to result, usually. */
  readonly typicalSeconds: number;
  /** From the seller's job id to the result in our bucket, at the most. */
  readonly deadlineSeconds: number;
  readonly polling: PollingProfile;
}

/** Keeps the request's type inside one entry; outside, every entry reads a validated `unknown`. */
export const offering = <Request>(entry: Offering<Request>): Offering => entry as Offering;

const minuteSeconds = 60;

/**
 * The polling that a typical time calls for: nothing before nearly half of all jobs are finished, then steps of a fifth of that
 * time, a little longer each. Each look is signed for, so that a look too early costs more than a wait: where times spread
 * by σ .35 this takes 2.1 looks and is late by 0.15 of the time, at σ .15 1.6 looks and 0.11; looks
 * every 0.6 of it, as is documented for pictures, take 2.3 and are late by 0.31. What takes minutes is looked at when a
 * third is finished: there a second is worth no less, and a look is a small part of the price.
 * @param typicalSeconds of the model
 */
export function pollingFor(typicalSeconds: number): PollingProfile {
  const [first, step] = typicalSeconds > minuteSeconds ? [0.84, 1 / 6] : [0.97, 0.19];
  return {
    firstSeconds: typicalSeconds * first,
    stepSeconds: Math.max(typicalSeconds * step, 0.6),
    growth: 1.1,
    longestStepSeconds: Math.max(typicalSeconds / 2, 5),
  };
}

/** The cheapest and the dearest of some prices. */
export function rangeOf(prices: readonly bigint[]): readonly [lowest: bigint, highest: bigint] {
  const [first = 0n, ...others] = prices;
  return others.reduce<readonly [bigint, bigint]>(
    ([lowest, highest], price) => [price < lowest ? price : lowest, price > highest ? price : highest],
    [first, first],
  );
}

/** Width divided by height of a text such as `16:9` or `19.5:9`. */
export const aspectOf = (text: string): number => {
  const [width = 1, height = 1] = text.split(':').map(Number);
  return width / height;
};
