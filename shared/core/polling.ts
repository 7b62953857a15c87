import type { PollingProfile } from './offering.ts';

/**
 * How long to wait before looking at a running job again.
 * @param profile the model's
 * @param elapsedSeconds since the seller took the job
 * @returns seconds, at least a tenth
 */
export function nextPollDelaySeconds(profile: PollingProfile, elapsedSeconds: number): number {
  let at = profile.firstSeconds;
  let step = profile.stepSeconds;
  while (at <= elapsedSeconds) {
    at += step;
    step = Math.min(step * profile.growth, profile.longestStepSeconds);
  }
  return Math.max(at - elapsedSeconds, 0.1);
}
