import type { Ledger } from '../../../shared/aws/dynamodb.ts';
import type { StoredAuthorization } from '../../../shared/aws/dynamodb-authorizations.ts';
import type { Headers } from '../../../shared/aws/dynamodb-headers.ts';
import type { Job } from '../../../shared/core/job-record.ts';

/**
 * The ledger's port at next to no cost, since calls of AWS are not what is measured: versions hold and rows are kept; no
 * budget is ever exhausted. What the port must do is proven elsewhere.
 */
export function plainLedger(): Pick<Ledger, 'accept' | 'read' | 'write' | 'readAuthorization'> & {
  readonly headers: Headers;
  readonly writes: () => number;
  /** Lets go of every row, as a process that keeps none would. */
  readonly forget: () => void;
} {
  const jobs = new Map<string, Job>();
  const authorizations = new Map<string, StoredAuthorization>();
  const headers = new Map<string, string>();
  let writes = 0;
  return {
    headers: {
      read: async ({ jobId }) => headers.get(jobId),
      erase: async ({ jobId }) => void headers.delete(jobId),
    },
    writes: () => writes,
    forget() {
      jobs.clear();
      authorizations.clear();
      headers.clear();
    },
    async accept(job) {
      writes += 1;
      jobs.set(job.jobId, job);
      return { job };
    },
    read: async (jobId) => jobs.get(jobId),
    async write(after, also) {
      if (jobs.get(after.jobId)?.version !== after.version - 1) return 'conflict';
      writes += 1;
      jobs.set(after.jobId, after);
      const stored = authorizations.get(after.jobId);
      if (also && 'reserve' in also) authorizations.set(after.jobId, also.reserve);
      if (also && 'authorize' in also && stored) {
        authorizations.set(after.jobId, { ...stored, state: 'live' });
        headers.set(after.jobId, also.authorize);
      }
      return 'written';
    },
    readAuthorization: async ({ jobId }) => authorizations.get(jobId),
  };
}
