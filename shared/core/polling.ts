import type { PollingProfile } from './offering.ts';
import type { Timings } from './timings.ts';

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

/**
 * A wait of so many seconds is sat out in the function: at 256 MB that costs what leaving and coming back does,
 * which are two transitions (performance.md §1).
 */
export const longestSitSeconds = 15;

/** What coming back from a wait of the workflow takes, at the least: it must not come after the look it is for. */
const returnSeconds = 1;

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
