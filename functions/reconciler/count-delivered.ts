import type { Control } from '../../shared/aws/dynamodb-control.ts';
import type { Exposure } from '../../shared/aws/dynamodb-exposure.ts';
import { countDeliveries } from '../../shared/core/exposure.ts';
import { payeesOf, type SellerPolicy } from '../../shared/core/policy.ts';

/**
 * Counts what each payee of the settings delivered in the last hour, so that a fast seller may be exposed to as much. A
 * payee that nobody counts is held to the configured number.
 * @returns the exposure to each payee that something was ever reserved for
 */
export async function countDelivered({
  control,
  policy,
  clock,
}: {
  control: Pick<Control, 'readExposure' | 'writeDeliveries'>;
  policy: SellerPolicy;
  clock: () => number;
}): Promise<readonly Exposure[]> {
  const counted = await Promise.all(
    payeesOf(policy).map(async (payTo) => {
      const exposure = await control.readExposure(payTo);
      if (exposure) await control.writeDeliveries(payTo, countDeliveries(exposure, clock()));
      return exposure;
    }),
  );
  return counted.filter((exposure) => exposure !== undefined);
}
