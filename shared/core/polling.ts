import { offeringOf } from './catalogue.ts';
import { CoinboothError } from './errors.ts';
import { deadlineSecondsOf, runSecondsOf } from './job.ts';
import type { Job } from './job-record.ts';
import type { Lognormal } from './lognormal.ts';
import { type ModelTimes, trustedTimes } from './model-times.ts';
import type { PollingProfile } from './offering.ts';
import type { Timings } from './timings.ts';

/**
 * When to look at a job: by the catalogue, or by the times of its model as they were seen, where enough of them were.
 * @throws Defect for a job of no known offering
 */
export function profileOf(
  job: Pick<Job, 'offering'>,
  timings: Timings,
  learned?: ModelTimes | undefined,
): PollingProfile {
  const entry = offeringOf(job.offering);
  if (!entry) throw new CoinboothError('Defect', `There is no ${job.offering} to watch.`);
  const start = scaledPolling(entry.polling, timings);
  const times = trustedTimes(learned, entry, timings);
  if (!times) return start;
  const seen = profileFrom(times, timings);
  const deadlineSeconds = deadlineSecondsOf(job, timings);
  return {
    ...seen,
    // Whatever was seen, a run looks well before it is over, and there are many looks before the deadline.
    firstSeconds: Math.min(seen.firstSeconds, 0.7 * runSecondsOf(job, timings), deadlineSeconds / 4),
    longestStepSeconds: Math.min(seen.longestStepSeconds, deadlineSeconds / 8),
  };
}

const slowSeconds = 60;
/** Between two looks at the least: each is a request and a signature. */
const leastStepSeconds = 0.6;

/**
 * The looks that times call for: nothing before 45 of 100 jobs are finished, then steps of a tenth to a fifth of the
 * median, the wider the more the times spread. Where σ is .35 that takes 2.3 looks and is late by 0.16 of the median; at
 * σ .15 it takes 1.9 and 0.09. What takes minutes is looked at when a third is finished (`pollingFor`).
 */
function profileFrom({ median, sigma }: Lognormal, { pollingScale }: Timings): PollingProfile {
  const isSlow = median > slowSeconds * pollingScale;
  // The standard normal value that a third, or 45 of 100, are below.
  const firstAt = isSlow ? -0.44 : -0.126;
  const step = isSlow ? Math.max(sigma / 2, 0.15) : 0.08 + sigma / 3;
  return {
    firstSeconds: median * Math.exp(firstAt * sigma),
    stepSeconds: Math.max(median * Math.min(Math.max(step, 0.1), 0.2), leastStepSeconds * pollingScale),
    growth: 1.1,
    longestStepSeconds: Math.max(median / 2, 5 * pollingScale),
  };
}

/** A model's profile in a deployment whose models' times are scaled. */
export const scaledPolling = (profile: PollingProfile, { pollingScale }: Timings): PollingProfile => ({
  firstSeconds: profile.firstSeconds * pollingScale,
  stepSeconds: profile.stepSeconds * pollingScale,
  growth: profile.growth,
  longestStepSeconds: profile.longestStepSeconds * pollingScale,
});

/** The looks before and after a moment; before the first one, the seller's taking the job is one. */
function looksAround(profile: PollingProfile, elapsedSeconds: number): { last: number; next: number } {
  let last = 0;
  let next = profile.firstSeconds;
  let step = profile.stepSeconds;
  while (next <= elapsedSeconds) {
    last = next;
    // A profile without a step would go round for ever.
    next += Math.max(step, 0.01);
    step = Math.min(step * profile.growth, profile.longestStepSeconds);
  }
  return { last, next };
}

/**
 * How long to wait before looking at a running job again.
 * @param profile the model's
 * @param elapsedSeconds since the seller took the job
 * @returns seconds, at least a tenth
 */
export const nextPollDelaySeconds = (profile: PollingProfile, elapsedSeconds: number): number =>
  Math.max(looksAround(profile, elapsedSeconds).next - elapsedSeconds, 0.1);

/**
 * How long to wait at the beginning of an invocation, which does not know of the looks before it: it comes back from a
 * wait that was meant to end a little before the next look, or a little after one that it came too late for.
 * @param elapsedSeconds since the seller took the job
 * @returns seconds; zero when the last look's time is nearer than the next one's
 */
export function firstPollDelaySeconds(profile: PollingProfile, elapsedSeconds: number): number {
  const { last, next } = looksAround(profile, elapsedSeconds);
  const isLate = elapsedSeconds >= profile.firstSeconds && elapsedSeconds - last <= next - elapsedSeconds;
  return isLate ? 0 : next - elapsedSeconds;
}

/** What coming back from a wait of the workflow takes, at the most, with the look before it. */
const longReturnSeconds = 6;

/**
 * When a job was seen running before the first look of an invocation, at the least: it comes back from a wait that began
 * with such a look, and is no longer than the step that the schedule is at.
 * @param elapsedSeconds since the seller took the job, at the beginning of the invocation
 * @returns seconds since then; zero, which is true of every job, when nobody can have come back from a wait yet
 */
export function ranBefore(profile: PollingProfile, elapsedSeconds: number, timings: Timings): number {
  if (elapsedSeconds < profile.firstSeconds + timings.waitSeconds) return 0;
  const { last, next } = looksAround(profile, elapsedSeconds);
  const name = runningNameFor(next - last, timings);
  const waited = runningNames(timings).find((running) => running.name === name)?.seconds ?? 0;
  return Math.max(Math.floor(elapsedSeconds - waited - longReturnSeconds), 0);
}

/**
 * A wait of so many seconds is sat out in the function: at 256 MB that costs what leaving and coming back does,
 * which are two transitions.
 */
export const longestSitSeconds = 15;

/** What coming back from a wait of the workflow takes: a warm function must not come after the look that it is for. */
const returnSeconds = 0.5;

/**
 * How long the workflow waits before it begins a job's first invocation: until shortly before its first look is due.
 * @param elapsedSeconds since the seller took the job
 * @returns whole seconds; zero when the first look is due
 */
export const workflowWaitSeconds = (profile: PollingProfile, elapsedSeconds: number): number =>
  Math.max(Math.floor(profile.firstSeconds - elapsedSeconds - returnSeconds), 0);

/** The waits that the workflow has between two looks, beside the deployment's own short one, in seconds. */
export const workflowWaits = [10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180] as const;

export type RunningName = 'StillRunning' | `StillRunning${number}`;

/** Every name under which a poll may leave a running job, with the seconds that the workflow then waits. */
export const runningNames = ({
  waitSeconds,
}: Timings): readonly { readonly name: RunningName; readonly seconds: number }[] => [
  { name: 'StillRunning', seconds: waitSeconds },
  ...workflowWaits
    .filter((seconds) => seconds > waitSeconds)
    .map((seconds) => ({ name: `StillRunning${seconds}` as const, seconds })),
];

/**
 * The name to leave under when the next look is so far away: of the longest wait that ends before it.
 * @param delaySeconds until the next look
 */
export const runningNameFor = (delaySeconds: number, timings: Timings): RunningName =>
  runningNames(timings).findLast(({ seconds }) => seconds + returnSeconds <= delaySeconds)?.name ??
  'StillRunning';
