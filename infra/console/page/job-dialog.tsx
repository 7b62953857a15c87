import { useEffect, useRef, useState } from 'preact/hooks';
import type { JobAnswer } from '../../../shared/contracts/http.ts';
import type { Booth, JobDetail } from '../answers.ts';
import { call, wordsOf } from './call.ts';
import { Icon } from './icons.tsx';
import { JobActions } from './job-actions.tsx';
import { JobFacts } from './job-facts.tsx';
import { promptOf, Shown } from './tile.tsx';
import type { SeenJob } from './use-jobs.ts';
import type { Order } from './use-submit.ts';

interface DialogShown {
  readonly jobId: string;
  /** From the list; what is not in it is asked for. */
  readonly seen: SeenJob | undefined;
  /** The order of the list, to go on to the next one. */
  readonly others: readonly string[];
  readonly booth: Booth | undefined;
  readonly goTo: (jobId?: string) => void;
  readonly again: (order: Order) => void;
  readonly reuse: (model: string, request: Readonly<Record<string, unknown>>) => void;
  readonly edit: (jobId: string) => void;
  readonly changed: () => void;
}

/** One job in full: the picture as large as it fits, what was asked, what it cost, and what can be done with it. */
export function JobDialog(shown: DialogShown) {
  const { jobId, others, goTo } = shown;
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = useJob(jobId, shown.seen);
  const seen = shown.seen ?? asked.seen;
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const at = others.indexOf(jobId);
  const next = (by: number) => {
    const other = others[at + by];
    if (at >= 0 && other !== undefined) goTo(other);
  };

  return (
    <dialog
      ref={dialog}
      class="job"
      aria-labelledby="job-title"
      onClose={() => goTo()}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
      onKeyDown={({ key, target }) => {
        if (target instanceof HTMLVideoElement) return;
        if (key === 'ArrowLeft') next(-1);
        if (key === 'ArrowRight') next(1);
      }}
    >
      <div class="job-bar">
        <button
          type="button"
          class="icon-button"
          aria-label="The one before"
          aria-disabled={at <= 0}
          onClick={() => next(-1)}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="The next one"
          aria-disabled={at < 0 || at === others.length - 1}
          onClick={() => next(1)}
        >
          <Icon name="right" />
        </button>
        <button
          type="button"
          class="icon-button job-close"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      {!seen && (
        <p class="empty" id="job-title">
          {asked.failure ?? 'Looking it up…'}
        </p>
      )}
      {seen && (
        <div class="job-body" data-status={seen.job.status}>
          {seen.job.status === 'complete' && (
            <figure class="job-picture" key={jobId}>
              <Shown seen={seen} alt={promptOf(seen)} isWhole />
            </figure>
          )}
          <div class="job-side">
            <h2 id="job-title">{promptOf(seen)}</h2>
            <JobFacts seen={seen} booth={shown.booth} />
            <JobActions {...shown} seen={seen} />
          </div>
        </div>
      )}
    </dialog>
  );
}

/** A job that the list does not have: of an address that was kept, or of long ago. */
function useJob(jobId: string, known: SeenJob | undefined) {
  const [seen, setSeen] = useState<SeenJob>();
  const [failure, setFailure] = useState<string>();
  const isKnown = known !== undefined;
  useEffect(() => {
    if (isKnown) return;
    setSeen(undefined);
    setFailure(undefined);
    Promise.all([
      call<JobAnswer>(`/api/jobs/${jobId}`),
      call<{ jobs: JobDetail[] }>(`/operator/jobs?ids=${jobId}`),
    ])
      .then(
        ([
          job,
          {
            jobs: [detail],
          },
        ]) => setSeen({ job, detail }),
      )
      .catch((error: unknown) => setFailure(wordsOf(error)));
  }, [jobId, isKnown]);
  return { seen, failure };
}
