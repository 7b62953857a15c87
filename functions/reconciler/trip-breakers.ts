import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Control } from '../../shared/aws/dynamodb-control.ts';
import { dayOf, totalKey } from '../../shared/core/budget.ts';
import { callerBucket } from '../../shared/core/callers.ts';
import { houseCaller, payingCaller } from '../../shared/core/job-record.ts';
import {
  breakerMilliseconds,
  type KnownLoss,
  type Loss,
  modelScope,
  modelsToStop,
  payeesToStop,
} from '../../shared/core/loss.ts';
import { payeeScope } from '../../shared/core/switches.ts';

/** At least so many losses of an hour are read. With fewer, one caller's many losses would hide another caller's. */
const fewestLosses = 2_000;
/** Other clocks may be ahead. */
const skewMilliseconds = 60_000;
const dayMilliseconds = 86_400_000;

interface Breakers {
  readonly ledger: Pick<Ledger, 'read' | 'losses'>;
  readonly control: Pick<Control, 'readSwitches' | 'writeSwitch' | 'readBudget'>;
  readonly clock: () => number;
}

/** What was stopped now. */
export interface Tripped {
  readonly models: readonly string[];
  readonly payees: readonly string[];
}

/**
 * Stops each model whose payments of the last hour brought nothing too often, and each payee of which two models are
 * stopped so. An operator resumes them; what was lost before that is forgiven.
 */
export async function tripBreakers(breakers: Breakers, lossesPerHour: number): Promise<Tripped> {
  const { control, ledger, clock } = breakers;
  const now = clock();
  const switches = await control.readSwitches();
  const of = new Map(switches.map((turned) => [turned.scope, turned]));
  const isStopped = (scope: string): boolean => of.get(scope)?.enabled === false;
  const resumedAt = (scope: string): number => {
    const turned = of.get(scope);
    return turned?.enabled ? turned.at : 0;
  };
  const stopped = new Map(
    switches
      .filter(({ enabled, by, scope }) => !enabled && by === 'reconciler' && scope.startsWith(modelScope('')))
      .map(({ scope, at }) => [scope.slice(modelScope('').length), at]),
  );
  // A model is judged by its last hour, and one that is stopped by the hour before that.
  const hours = await Promise.all(
    [...new Set([now, ...stopped.values()])].map((until) =>
      ledger.losses(
        until - breakerMilliseconds,
        Math.max(fewestLosses, 2 * lossesPerHour),
        until + skewMilliseconds,
      ),
    ),
  );
  const found = new Map(hours.flat().map((loss) => [loss.jobId, loss]));
  if (found.size === 0) return { models: [], payees: [] };
  const losses = (await Promise.all([...found.values()].map((loss) => known(breakers, loss)))).filter(
    (loss) => loss !== undefined,
  );
  const isOnlyCaller = await callersOf(breakers, now);
  const stop = (scope: string, reason: string) =>
    control.writeSwitch({ scope, enabled: false, reason, by: 'reconciler', at: now });

  const models = modelsToStop(losses, lossesPerHour, { resumedAt, isOnlyCaller, now }).filter(
    (offering) => !isStopped(modelScope(offering)),
  );
  for (const offering of models) {
    await stop(modelScope(offering), `${lossesPerHour} payments or more of the last hour brought nothing.`);
    stopped.set(offering, now);
  }
  const payees = payeesToStop(losses, stopped, resumedAt).filter((payTo) => !isStopped(payeeScope(payTo)));
  for (const payTo of payees)
    await stop(payeeScope(payTo), 'Two of its models or more are stopped: their payments brought nothing.');
  return { models, payees };
}

/** Rows of the first release say neither model nor caller: the job does, and the job that a file was bought for. */
async function known({ ledger }: Breakers, loss: Loss): Promise<KnownLoss | undefined> {
  const { offering, caller } = loss;
  if (offering !== undefined && caller !== undefined && caller !== houseCaller)
    return { ...loss, offering, caller };
  const job = await ledger.read(loss.jobId);
  if (!job) return undefined;
  const asked = job.caller === houseCaller && job.forJobId ? await ledger.read(job.forJobId) : undefined;
  const own = payingCaller(job);
  return { ...loss, offering: job.offering, caller: own === houseCaller ? (asked?.caller ?? own) : own };
}

/** Who bought today and yesterday: two callers of one number count as one, and stop more rather than less. */
async function callersOf({ control }: Breakers, now: number): Promise<(caller: string) => boolean> {
  const days = [dayOf(now), dayOf(now - dayMilliseconds)];
  const rows = await Promise.all(days.map((day) => control.readBudget(totalKey(day))));
  const buckets = rows.flatMap((row) => row?.callers ?? []);
  return (caller) => buckets.every((bucket) => bucket === callerBucket(caller));
}
