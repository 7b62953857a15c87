import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { progress } from './booth-command.ts';

/**
 * Reads one of many jobs: a row that does not fit its schema is said, and keeps nobody from the others.
 * @returns the job, undefined where there is none, `unreadable` where somebody has to see to its row
 */
export async function readOrNot(
  ledger: Pick<Ledger, 'read'>,
  jobId: string,
): Promise<Job | undefined | 'unreadable'> {
  try {
    return await ledger.read(jobId);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'Defect') throw error;
    progress(message);
    return 'unreadable';
  }
}
