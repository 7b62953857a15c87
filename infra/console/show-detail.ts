import type { Job } from '../../shared/core/job-record.ts';
import type { JobDetail } from './answers.ts';

/** What the ledger has of a job and the callers' API does not tell: the request, and when it came how far. */
export function showDetail(job: Job): JobDetail {
  const { purchase, submittedAt, rendered, end, proof, manifest } = job;
  return {
    jobId: job.jobId,
    status: job.status,
    request: JSON.parse(job.body) as Record<string, unknown>,
    times: {
      accepted: job.acceptedAt,
      ...(purchase && { reserved: purchase.reservedAt }),
      ...(purchase?.firstSentAt !== undefined && { sent: purchase.firstSentAt }),
      ...(submittedAt !== undefined && { submitted: submittedAt }),
      ...(rendered && { rendered: rendered.at }),
      ...(end && { ended: end.at }),
    },
    ...(proof && { proof: { state: proof.state, blockNumber: proof.blockNumber } }),
    hasClaim: end?.claim !== undefined,
    ...(manifest && { batchLine: manifest.line }),
  };
}
