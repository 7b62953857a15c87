import type { Ledger } from '../shared/aws/dynamodb.ts';
import type { Headers } from '../shared/aws/dynamodb-headers.ts';
import type { Job } from '../shared/core/job-record.ts';

/**
 * The exact bytes that were signed for a job's purchase: the header of a payment, or the signature of a withdrawal.
 * @returns undefined once they are erased
 */
export async function signedHeaderOf(
  { ledger, headers }: { ledger: Pick<Ledger, 'readAuthorization'>; headers: Pick<Headers, 'read'> },
  job: Job,
): Promise<string | undefined> {
  const stored = await ledger.readAuthorization(job);
  // Rows of before signed headers had a table of their own hold them.
  return stored?.signedHeader ?? headers.read(job);
}
