import type { Job } from '../../../shared/core/job-record.ts';

/** Counts what became of a pause that a seller asked for, and of a settlement that it called pending. */
export function countWaits(before: Job | undefined, after: Job, counted: (what: string) => void): void {
  const { retryAt: asked } = before?.purchase ?? {};
  const { retryAt, sends, validBefore = 0 } = after.purchase ?? {};
  if (asked !== undefined && sends !== before?.purchase?.sends) counted('sent again after a pause');
  if (retryAt !== undefined && retryAt !== asked && retryAt > validBefore * 1000)
    counted('a pause outlasts what was signed');
  const { success, transaction = '' } = after.settlement ?? {};
  if (success !== false || transaction === '' || before?.proof || !after.proof) return;
  counted(`a pending settlement is ${after.proof.state}`);
}
