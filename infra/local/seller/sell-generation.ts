import { shownId } from './bend-record.ts';
import { findSources } from './find-sources.ts';
import type { Offer } from './models/offer.ts';
import type { Shop, ShopContext } from './shop.ts';
import { takePayment } from './take-payment.ts';

/** POST /api/generate/{model}/{operation}: sells one generation, and opens its job. */
export function sellGeneration(c: ShopContext, shop: Shop, offer: Offer): Promise<Response> {
  const { terms, faults, jobs } = shop;
  const { type } = offer;
  return takePayment(c, shop, offer, async ({ input, drawing, typicalSeconds }, payer) => {
    const found = await findSources(drawing.sources, shop);
    const wanted = faults.take('failed-job') ? 'failed' : faults.take('stuck-job') ? 'stuck' : 'complete';
    const numbered = faults.take('numeric-ids') && { jobId: String(10 ** 12 + jobs.all().length) };
    const job = jobs.make(
      'failure' in found
        ? { payer, type, input, drawing, sources: [], fate: 'failed', failure: found.failure, ...numbered }
        : { payer, type, input, drawing, sources: found.sources, fate: wanted, ...numbered },
      typicalSeconds,
    );
    const { jobId } = job;
    return {
      answer: {
        success: true,
        jobId: shownId(job),
        status: 'pending',
        type,
        pollUrl: `${terms.origin}/api/jobs/${jobId}`,
      },
      settled: (transaction) => {
        job.transaction = transaction;
      },
    };
  });
}
