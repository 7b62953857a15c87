import type { PaymentQueue } from '../../shared/aws/sqs.ts';
import { mostErased } from '../../shared/contracts/message.ts';
import { houseCaller, type Job } from '../../shared/core/job-record.ts';

/**
 * Asks the payer to erase what was signed for jobs whose money is known now: one message for a hundred of them. A message
 * that is lost costs nothing, since the table forgets a header by itself once its window is over.
 */
export async function askErasure(
  { queue }: { queue: Pick<PaymentQueue, 'send'> },
  jobs: readonly Pick<Job, 'jobId'>[],
): Promise<void> {
  for (let from = 0; from < jobs.length; from += mostErased) {
    const erase = jobs.slice(from, from + mostErased).map(({ jobId }) => jobId);
    await queue.send({ erase }, houseCaller);
  }
}
