import { useState } from 'preact/hooks';
import type { Booth } from '../answers.ts';
import { call, wordsOf } from './call.ts';
import { CopyButton } from './copy-button.tsx';
import { curlOf } from './curl.ts';
import { drawSeed } from './draft.ts';
import { Icon } from './icons.tsx';
import { pictureAt } from './key.ts';
import { isOver, type SeenJob } from './use-jobs.ts';
import type { Order } from './use-submit.ts';

interface Shown {
  readonly seen: SeenJob;
  readonly booth: Booth | undefined;
  readonly again: (order: Order) => void;
  readonly reuse: (model: string, request: Readonly<Record<string, unknown>>) => void;
  readonly edit: (jobId: string) => void;
  readonly changed: () => void;
}

/** What can be done with a job. */
export function JobActions({ seen, booth, again, reuse, edit, changed }: Shown) {
  const { job, detail } = seen;
  const [failure, setFailure] = useState<string>();
  const [isAsked, setAsked] = useState(false);
  const request = detail?.request;
  const isPicture = job.status === 'complete' && ['webp', 'jpg', 'png'].includes(job.format);
  const hasSeed = request !== undefined && 'seed' in request;
  const once = (order: Order) => {
    if (isAsked) return;
    setAsked(true);
    again(order);
  };
  const cancel = () =>
    call(`/api/jobs/${job.jobId}`, { method: 'DELETE' }).then(changed, (error: unknown) =>
      setFailure(wordsOf(error)),
    );

  return (
    <div class="actions">
      {request && job.status === 'complete' && hasSeed && (
        <button
          type="button"
          class="primary"
          aria-disabled={isAsked}
          onClick={() => once({ model: job.model, request: { ...request, seed: drawSeed() } })}
        >
          <Icon name="dice" />
          Again, another seed · {job.cost.usd}
        </button>
      )}
      {request && job.status === 'failed' && job.retryCanHelp && (
        <button
          type="button"
          class="primary"
          aria-disabled={isAsked}
          onClick={() => once({ model: job.model, request })}
        >
          <Icon name="again" />
          Ask again
        </button>
      )}
      {isPicture && (
        <button type="button" class="quiet" onClick={() => edit(job.jobId)}>
          <Icon name="edit" />
          Edit this picture
        </button>
      )}
      {request && (
        <button type="button" class="quiet" onClick={() => reuse(job.model, request)}>
          <Icon name="again" />
          Use this request
        </button>
      )}
      {job.status === 'complete' && (
        <a class="quiet" href={pictureAt(job.jobId, 'download')} download>
          <Icon name="download" />
          Download
        </a>
      )}
      {request && booth && <CopyButton text={curlOf(booth, job.model, request)} label="Copy as curl" />}
      {!isOver(job) && job.money === 'none' && (
        <button type="button" class="quiet danger" onClick={cancel}>
          <Icon name="close" />
          Cancel
        </button>
      )}
      {failure !== undefined && (
        <p class="wrong" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}
