import { readSighting, type Sighting } from '../../../shared/seller/answers.ts';
import { pictureOf } from './sim-storage.ts';

/** How a seller shows one job to whoever polls it; a spell lasts for the first minutes after it is finished. */
export const everyShowing = [
  'shown plainly',
  'a spell of 404',
  'a spell of 403',
  'a spell of 410',
  'called failed once',
  "shown as another's job",
  'shown without a result for a spell',
  'a result inside the answer',
  'several results, null beside',
] as const;
export type Showing = (typeof everyShowing)[number];

export interface Shown {
  readonly sellerJobId: string;
  readonly readyAt: number;
  readonly isDoomed: boolean;
  readonly showing: Showing;
  /** Polls since it was finished. */
  polls: number;
}

/** Long enough for a denial to be on record, short enough to be over before any deadline. */
const spellMilliseconds = 75_000;

/** What a poll sees, by way of the JSON that the product reads. */
export function shownAt(job: Shown, now: number): Sighting {
  if (now >= job.readyAt) job.polls += 1;
  const { status, body } = answerOf(job, now);
  return readSighting({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) }, job.sellerJobId);
}

function answerOf({ sellerJobId, readyAt, isDoomed, showing, polls }: Shown, now: number) {
  const ok = (fields: object) => ({ status: 200, body: { jobId: sellerJobId, ...fields } });
  if (now < readyAt) return ok({ status: 'reticulating', progress: null });
  const isSpell = now < readyAt + spellMilliseconds;
  const denial = { 'a spell of 404': 404, 'a spell of 403': 403, 'a spell of 410': 410 }[showing as string];
  if (denial !== undefined && isSpell) return { status: denial, body: { error: 'not now' } };
  if (showing === "shown as another's job" && isSpell)
    return { status: 200, body: { jobId: 'cmn-of-another', status: 'failed', error: 'of another' } };
  if (isDoomed) return ok({ status: 'failed', error: { message: 'it failed' } });
  if (showing === 'called failed once' && polls === 1) return ok({ status: 'failed', error: null });
  const imageUrl = `https://pictures.test/${sellerJobId}.webp`;
  switch (showing) {
    case 'shown without a result for a spell':
      return ok({ status: 'complete', result: isSpell ? { imageUrl: null, videoUrl: '' } : { imageUrl } });
    case 'a result inside the answer':
      return ok({
        status: 'complete',
        result: `data:image/webp;base64,${pictureOf(`${sellerJobId}.webp`).toString('base64')}`,
      });
    case 'several results, null beside':
      return ok({
        status: 'complete',
        result: { videoUrl: null, images: ['', { url: imageUrl }, { url: 'x' }] },
      });
    default:
      return ok({ status: 'complete', result: { imageUrl } });
  }
}
