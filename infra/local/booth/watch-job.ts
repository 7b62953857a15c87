import { type JobAnswer, jobAnswerSchema } from '../../../shared/contracts/http.ts';
import type { World } from '../world/world.ts';
import { askApi } from './ask-api.ts';

const everyMilliseconds = 10_000;

/** Where a job is, as its caller is told. */
export async function lookAtJob(world: World, jobId: string): Promise<JobAnswer> {
  const response = await askApi(world, `/api/jobs/${jobId}`);
  return jobAnswerSchema.parse(await response.json());
}

/** Says every ten seconds where a job is that takes its time. Returns the way to stop. */
export function watchJob(world: World, jobId: string, say: (line: string) => void): () => void {
  const timer = setInterval(() => {
    lookAtJob(world, jobId).then(
      ({ status, money }) => say(`still ${status}, ${moneyWords[money]}`),
      () => {},
    );
  }, everyMilliseconds);
  return () => clearInterval(timer);
}

/** What each word for the money means while a job runs. */
export const moneyWords: Record<JobAnswer['money'], string> = {
  none: 'nothing is signed yet',
  open: 'a payment is signed, and the seller has not said that it settled',
  spent: 'the seller says the payment settled',
};
