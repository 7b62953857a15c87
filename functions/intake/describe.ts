import type { ModelList } from '../../shared/contracts/http-offers.ts';
import { catalogue, offeringPath } from '../../shared/core/catalogue.ts';
import { formatUsd } from '../../shared/core/money.ts';
import type { SellerPolicy } from '../../shared/core/policy.ts';
import { bodySchema } from './body-schemas.ts';

/** Everything that can be asked for, with what we let it cost in this deployment. */
export const describeModels = (policy: SellerPolicy): ModelList => ({
  models: Object.entries(catalogue).map(([name, entry]) => {
    const configured = policy.ceilingsAtomic[name];
    const [lowest, highest] = entry.ceilingRangeAtomic.map((most) =>
      formatUsd(configured ?? most.toString(), 6),
    );
    return {
      name,
      title: entry.title,
      path: offeringPath(name),
      type: entry.type,
      returns: entry.returns,
      ceiling: { lowestUsd: lowest ?? '', highestUsd: highest ?? '' },
      typicalSeconds: entry.typicalSeconds,
      media: [...entry.media],
      loose: [...entry.loose],
      request: { ...bodySchema(name) },
    };
  }),
});
