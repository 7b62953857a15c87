import { isSigned } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { payeeScope, scopesOf } from '../../shared/core/switches.ts';
import type { Door } from './door.ts';

/** A job that goes its way has left this long before. */
const patienceMilliseconds = 3_000;

/**
 * Why a job of which nothing was sent does not go on, where somebody has stopped it.
 * @returns a sentence for its caller, without the operator's own words; undefined where nothing is stopped
 */
export async function waitsFor(door: Pick<Door, 'control' | 'policy' | 'clock'>, job: Job) {
  const isHeld = !job.end && !isSigned(job) && job.cancelledAt === undefined;
  if (!isHeld || door.clock() - job.acceptedAt < patienceMilliseconds) return undefined;
  return stopBefore(door, job);
}

/** What is stopped of what a purchase depends on: all of it, its caller, its model, or whom it would pay. */
export async function stopBefore(
  { control, policy }: Pick<Door, 'control' | 'policy'>,
  job: Pick<Job, 'caller' | 'offering'> & { readonly purchase?: Job['purchase'] },
): Promise<string | undefined> {
  const [signing, switches] = await Promise.all([control.readSigning(), control.readSwitches()]);
  if (!signing?.enabled) return 'Nothing is signed at present: an operator has to resume it.';
  const payees = job.purchase ? [] : policy.payees.map(payeeScope);
  const scopes = [...scopesOf(job), ...payees];
  const off = switches.find(({ scope, enabled }) => !enabled && scopes.includes(scope));
  return off && `Nothing is signed for ${off.scope} at present: an operator has to resume it.`;
}
