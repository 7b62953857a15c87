import type { Batch } from '../answers.ts';
import { Icon } from './icons.tsx';
import { pictureAt } from './key.ts';
import type { Line } from './use-batch.ts';
import { addressOf } from './use-route.ts';

interface Shown {
  readonly name: string;
  readonly batch: Batch;
  readonly state: 'read' | 'running' | 'done';
  readonly lines: readonly Line[];
  readonly failure: string | undefined;
  readonly run: () => void;
  readonly forget: () => void;
}

const words = { waiting: 'waiting', running: 'under way', complete: 'delivered', failed: 'no picture' };

const badWords = (count: number): string =>
  count === 1 ? 'one bad line is left out' : `${count} bad lines are left out`;

/** A file's lines, how far they are, and what came of each. */
export function BatchLines({ name, batch, state, lines, failure, run, forget }: Shown) {
  const count = (wanted: Line['state']) => lines.filter((line) => line.state === wanted).length;
  const [complete, failed] = [count('complete'), count('failed')];
  const hasBegun = lines.some((line) => line.state !== 'waiting');
  const begin = hasBegun ? 'Go on' : `Buy ${lines.length} for ${batch.mostUsd} at the most`;
  return (
    <>
      <section class="card batch-head" aria-labelledby="batch-title">
        <h2 id="batch-title">{name}</h2>
        <p class="hint" role="status">
          {complete + failed} of {lines.length} are through
          {failed > 0 && `, ${failed} without a picture`}
          {batch.bad.length > 0 && `; ${badWords(batch.bad.length)}`}.
        </p>
        <progress max={Math.max(lines.length, 1)} value={complete + failed} aria-label="How far it is" />
        {failure !== undefined && (
          <p class="wrong" role="alert">
            {failure} What was asked for goes on; “Go on” asks for the rest, and buys nothing twice.
          </p>
        )}
        <div class="actions">
          {state === 'read' && lines.length > 0 && (
            <button type="button" class="primary" onClick={run}>
              <Icon name="play" />
              {begin}
            </button>
          )}
          {state !== 'running' && (
            <button type="button" class="quiet" onClick={forget}>
              Another file…
            </button>
          )}
          {state === 'running' && <p class="hint">Leave this page open until all are asked for.</p>}
        </div>
      </section>
      {batch.bad.length > 0 && (
        <ul class="card bad-lines" aria-label="Bad lines">
          {batch.bad.map(({ line, message }) => (
            <li key={line}>
              <span class="line-number">Line {line}</span> <span class="wrong">{message}</span>
            </li>
          ))}
        </ul>
      )}
      <ul class="lines" aria-label="Lines">
        {lines.map((line) => (
          <li key={line.line} data-state={line.state}>
            <BatchPicture line={line} />
            <span class="line-number">{line.label ?? `Line ${line.line}`}</span>
            <span class="line-prompt">
              {line.jobId === undefined ? (
                line.prompt
              ) : (
                <a href={addressOf({ view: 'batch', jobId: line.jobId })}>{line.prompt}</a>
              )}
            </span>
            <span class="line-state">
              {line.job?.status === 'complete' ? line.job.cost.usd : (line.why ?? words[line.state])}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function BatchPicture({ line: { job, state } }: { readonly line: Line }) {
  if (job?.status !== 'complete')
    return <span class={`line-picture ${state === 'running' ? 'skeleton' : ''}`} />;
  return job.format === 'mp4' ? (
    <span class="line-picture">
      <Icon name="play" />
    </span>
  ) : (
    <img class="line-picture" src={pictureAt(job.jobId)} alt="" width="56" height="56" loading="lazy" />
  );
}
