import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Control } from '../../shared/aws/dynamodb-control.ts';
import { breakerMilliseconds, payeesToStop } from '../../shared/core/loss.ts';
import { payeeScope } from '../../shared/core/switches.ts';

/** Of one hour are looked at, at the least: those of several payees. */
const fewestLosses = 200;

/**
 * Stops each payee that has brought nothing for too many payments of the last hour (safety.md §1.6). An operator
 * resumes it; what was lost before that is forgiven.
 * @returns the payees that were stopped now
 */
export async function tripBreakers(
  { ledger, control, clock }: { ledger: Ledger; control: Control; clock: () => number },
  lossesPerHour: number,
): Promise<readonly string[]> {
  const now = clock();
  const [losses, switches] = await Promise.all([
    ledger.losses(now - breakerMilliseconds, Math.max(fewestLosses, 2 * lossesPerHour)),
    control.readSwitches(),
  ]);
  const of = new Map(switches.map((turned) => [turned.scope, turned]));
  const resumedAt = (payTo: string): number => {
    const turned = of.get(payeeScope(payTo));
    return turned?.enabled ? turned.at : 0;
  };
  const payees = payeesToStop(losses, lossesPerHour, resumedAt, now).filter(
    (payTo) => of.get(payeeScope(payTo))?.enabled !== false,
  );
  for (const payTo of payees) {
    const reason = `${lossesPerHour} payments or more of the last hour brought nothing.`;
    await control.writeSwitch({
      scope: payeeScope(payTo),
      enabled: false,
      reason,
      by: 'reconciler',
      at: now,
    });
  }
  return payees;
}
