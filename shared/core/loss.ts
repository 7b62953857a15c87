import * as z from 'zod';
import { type Job, payingCaller } from './job-record.ts';
import { payeeScope } from './switches.ts';

/** Something was sent for a job, and the seller gives nothing for it. */
export const lossSchema = z.strictObject({
  jobId: z.string(),
  payTo: z.string(),
  /** When the seller had denied the job at two polls, or when the job ended; Unix milliseconds. */
  at: z.int(),
  /** Model and caller of the payment; absent in rows of the first release. */
  offering: z.string().optional(),
  caller: z.string().optional(),
  /** When it turned out to be none: the seller delivered, or was never paid. */
  takenBackAt: z.int().optional(),
});
export type Loss = z.infer<typeof lossSchema>;

/** An end without what was paid for, or a denial that may still be followed by a delivery. */
function isLost({ purchase, end, status, deniedAt, proof }: Job): boolean {
  if (purchase?.firstSentAt === undefined || proof?.state === 'dead') return false;
  return end ? status === 'undelivered' || status === 'unresolved' : deniedAt !== undefined;
}

/** What a job's write tells of losses: one row for each job, which a delivery takes back. */
export function lossOf(before: Job, after: Job): Loss | undefined {
  const [was, is] = [isLost(before), isLost(after)];
  if (was === is || !after.purchase) return undefined;
  const { jobId, offering, deniedAt, updatedAt } = after;
  const payTo = after.purchase.payTo.toLowerCase();
  const at = deniedAt ?? after.end?.at ?? updatedAt;
  return { jobId, payTo, at, offering, caller: payingCaller(after), ...(!is && { takenBackAt: updatedAt }) };
}

export const breakerMilliseconds = 3_600_000;

/** A loss whose model and caller are known. */
export interface KnownLoss extends Loss {
  readonly offering: string;
  readonly caller: string;
}

export const modelScope = (offering: string): string => `model:${offering}`;

/** What is known beside the losses. */
export interface BreakerView {
  /** When an operator last allowed a model or payee again, by scope: what was lost before does not count again. */
  readonly resumedAt: (scope: string) => number;
  /** Whether nobody else buys here. */
  readonly isOnlyCaller: (caller: string) => boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Models with so many losses in the last hour. The losses must be of two callers, or of the only one: one caller's bad
 * prompts stop nothing for the others.
 */
export function modelsToStop(
  losses: readonly KnownLoss[],
  mostPerHour: number,
  { resumedAt, isOnlyCaller, now }: BreakerView,
): readonly string[] {
  const recent = losses.filter(
    ({ at, offering, payTo }) =>
      at > Math.max(now - breakerMilliseconds, resumedAt(modelScope(offering)), resumedAt(payeeScope(payTo))),
  );
  return [...Map.groupBy(recent, ({ offering }) => offering)]
    .filter(([, lost]) => lost.length >= mostPerHour)
    .filter(([, lost]) => {
      const [caller = '', ...others] = new Set(lost.map((loss) => loss.caller));
      return others.length > 0 || isOnlyCaller(caller);
    })
    .map(([offering]) => offering);
}

/** So many models that their losses stopped stop their payee. */
const mostModels = 2;

/**
 * Payees of which two models are stopped for their losses.
 * @param stoppedAt when each model that the reconciler stopped was stopped
 */
export function payeesToStop(
  losses: readonly KnownLoss[],
  stoppedAt: ReadonlyMap<string, number>,
  resumedAt: BreakerView['resumedAt'],
): readonly string[] {
  const counting = losses.filter(({ at, offering, payTo }) => {
    const stop = stoppedAt.get(offering) ?? 0;
    const since = resumedAt(payeeScope(payTo));
    return stop > since && at > Math.max(stop - breakerMilliseconds, since);
  });
  return [...Map.groupBy(counting, ({ payTo }) => payTo)]
    .filter(([, lost]) => new Set(lost.map(({ offering }) => offering)).size >= mostModels)
    .map(([payTo]) => payTo);
}
