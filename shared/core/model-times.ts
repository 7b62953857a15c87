import * as z from 'zod';
import { offeringOf } from './catalogue.ts';
import { deadlineSecondsOf } from './job.ts';
import type { Job } from './job-record.ts';
import { fitLognormal, type Interval, type Lognormal } from './lognormal.ts';
import type { Offering } from './offering.ts';
import type { Timings } from './timings.ts';

/** How long a model takes for results of one size, as the ledger's jobs of that kind were seen. */

/** So many of the newest are kept: a model that has changed is known again after as many. */
const mostSeen = 64;
/** The catalogue's word counts as much as so many jobs, and fewer are not listened to. */
const beliefWeight = 8;
/** How far the times of a picture model spread, of which nothing is known. */
const believedSigma = 0.35;
const mostFactor = 5;
const sigmaBounds = [0.05, 0.8] as const;
const seconds = z.number().nonnegative();

export const modelTimesSchema = z.strictObject({
  medianSeconds: z.number().positive(),
  /** Of the logarithms. */
  sigma: z.number().positive(),
  /** Newest last, in seconds since the seller took the job: when it was last seen running, and then finished. */
  seen: z
    .array(z.tuple([seconds, seconds]))
    .min(1)
    .max(mostSeen),
  /** Unix milliseconds. */
  learnedAt: z.int().nonnegative(),
});
export type ModelTimes = z.infer<typeof modelTimesSchema>;

/** Fields that set how long a result takes, in the models' different words; each takes one of a few texts. */
const sizingFields = [
  ...['duration', 'durationSeconds', 'seconds'],
  ...['resolution', 'outputResolution', 'upscaleResolution', 'imageSize', 'size', 'quality'],
] as const;

/** A kind of jobs that take about as long as each other. */
export interface TimesKey {
  /** Catalogue entry, `model/operation`. */
  readonly offering: string;
  /** Such as `seconds=8 size=1280x720`; `any` where a request says nothing of it. */
  readonly size: string;
}

/** The kind that a job is of; no more than the catalogue's own words are in it. */
export function timesKeyOf({ offering, body }: Pick<Job, 'offering' | 'body'>): TimesKey {
  const request = { ...offeringOf(offering)?.defaults, ...(JSON.parse(body) as Record<string, unknown>) };
  const said = sizingFields.flatMap((field) => {
    const value = request[field];
    return typeof value === 'string' ? [`${field}=${value}`] : [];
  });
  return { offering, size: said.join(' ') || 'any' };
}

/**
 * What a job shows of its model's time.
 * @returns undefined for one that shows nothing for sure: what was paid for it was sent more than once, or its job was
 *   looked for and found later than the seller began with it, or its result was looked at again
 */
export function seenTimeOf(job: Job, timings: Timings): Interval | undefined {
  const { purchase, submittedAt, rendered } = job;
  if (purchase?.sends !== 1 || purchase.lookups > 0) return undefined;
  if (submittedAt === undefined || rendered?.ranSeconds === undefined) return undefined;
  const finished = (rendered.at - submittedAt) / 1000;
  const isPlausible = rendered.ranSeconds < finished && finished <= deadlineSecondsOf(job, timings);
  return isPlausible ? [rendered.ranSeconds, finished] : undefined;
}

/**
 * What is known of a kind after more of it was seen: the newest are kept, and the times fitted to them, with what the
 * catalogue says as a belief.
 * @param now Unix milliseconds
 */
export function learnedTimes(
  before: ModelTimes | undefined,
  news: readonly Interval[],
  entry: Offering,
  timings: Timings,
  now: number,
): ModelTimes {
  const seen = [...(before?.seen ?? []), ...news]
    .slice(-mostSeen)
    .map(([from, to]): [number, number] => [from, to]);
  // The more was seen, the less is believed.
  const weight = Math.min(beliefWeight, mostSeen / seen.length);
  const belief = { ...believedTimes(entry, timings), weight };
  const { median, sigma } = fitLognormal(seen, belief);
  return { medianSeconds: rounded(median), sigma: rounded(sigma), seen, learnedAt: now };
}

/** What the catalogue says, in a deployment whose models' times are scaled. */
const believedTimes = ({ typicalSeconds }: Offering, { pollingScale }: Timings): Lognormal => ({
  median: typicalSeconds * pollingScale,
  sigma: believedSigma,
});

/**
 * The times to reckon with, where enough was seen: however a seller makes it look, they are not further from what the
 * catalogue says than this.
 */
export function trustedTimes(
  times: ModelTimes | undefined,
  entry: Offering,
  timings: Timings,
): Lognormal | undefined {
  if (!times || times.seen.length < beliefWeight) return undefined;
  const { median } = believedTimes(entry, timings);
  return {
    median: clamped(times.medianSeconds, median / mostFactor, median * mostFactor),
    sigma: clamped(times.sigma, ...sigmaBounds),
  };
}

const clamped = (figure: number, lowest: number, highest: number): number =>
  Math.min(Math.max(figure, lowest), highest);

const rounded = (figure: number): number => Number(figure.toPrecision(4));
