import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Headers } from '../../shared/aws/dynamodb-headers.ts';
import { atMost } from '../at-most.ts';

const atOnce = 8;

/**
 * Erases the signed headers of jobs whose money a final block has shown. Each job's own row decides, whatever the message
 * says: a header that can still be settled stays, since its job may have to send it again.
 * @returns how many were erased
 */
export async function eraseHeaders(
  { ledger, headers }: { ledger: Pick<Ledger, 'read'>; headers: Pick<Headers, 'erase'> },
  jobIds: readonly string[],
): Promise<number> {
  const erased = await atMost(atOnce, jobIds, async (jobId) => {
    const job = await ledger.read(jobId);
    if (!job?.proof) return false;
    await headers.erase(job);
    return true;
  });
  return erased.filter(Boolean).length;
}
