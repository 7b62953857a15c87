import { useState } from 'preact/hooks';
import { spanOf } from './amounts.ts';
import { explain } from './explain.ts';
import { shapeOf } from './gallery.tsx';
import { Icon } from './icons.tsx';
import { pictureAt } from './key.ts';
import { nowWords, stagesOf } from './stages.ts';
import type { SeenJob } from './use-jobs.ts';
import { addressOf } from './use-route.ts';

interface Shown {
  readonly seen: SeenJob;
  readonly now: number;
  readonly typicalSeconds: number;
}

/** What was asked, in its own words. */
export const promptOf = ({ detail, job }: SeenJob): string =>
  typeof detail?.request.prompt === 'string' ? detail.request.prompt : job.model;

/** The shape that a picture will have, so that nothing jumps when it comes. */
export function ratioOf({ job, detail }: SeenJob): number {
  if (job.status === 'complete' && job.width !== undefined && job.height !== undefined)
    return job.width / job.height;
  const said = ['aspect_ratio', 'aspectRatio', 'size'].map((name) => detail?.request[name]);
  const shape = said.find((text) => typeof text === 'string') ?? '1:1';
  const [width = 1, height = 1] = String(shape).split(/[:x*]/).map(Number);
  return width > 0 && height > 0 ? width / height : 1;
}

/** One job in the gallery: what came of it, or where it is. */
export function Tile({ seen, now, typicalSeconds }: Shown) {
  const { job } = seen;
  const words = promptOf(seen);
  return (
    <li class="tile" data-status={job.status} style={shapeOf(ratioOf(seen))}>
      <a href={addressOf({ view: 'pictures', jobId: job.jobId })}>
        {job.status === 'complete' && <Shown seen={seen} alt="" />}
        {job.status === 'failed' && (
          <span class="tile-words" data-harmless={explain(job).isHarmless}>
            <span class="tile-title">
              <Icon name="warn" />
              {explain(job).title}
            </span>
            <span class="tile-prompt">{words}</span>
            <span class="tile-reason">{job.reason.message}</span>
          </span>
        )}
        {(job.status === 'pending' || job.status === 'processing') && (
          <Running seen={seen} now={now} typicalSeconds={typicalSeconds} words={words} />
        )}
        {job.status === 'complete' && job.format === 'mp4' && (
          <span class="tile-badge">
            <Icon name="play" />
            <span class="unseen">Video: </span>
          </span>
        )}
        {job.status === 'complete' && (
          <span class="tile-caption">
            <span class="tile-prompt">{words}</span>
            <span class="tile-price">{job.cost.usd}</span>
          </span>
        )}
      </a>
    </li>
  );
}

function Running({ seen, now, typicalSeconds, words }: Shown & { readonly words: string }) {
  const { job, detail } = seen;
  const since = detail?.times.accepted ?? Date.parse(job.acceptedAt);
  const done = stagesOf(job, detail).filter(({ state }) => state === 'done').length;
  return (
    <span class="tile-words running">
      <span class="tile-prompt">{words}</span>
      <span class="steps" aria-hidden="true">
        {[0, 1, 2, 3].map((step) => (
          <span key={step} data-state={step < done ? 'done' : step === done ? 'now' : 'ahead'} />
        ))}
      </span>
      <span class="tile-reason">
        {nowWords(job, detail)} · {spanOf(Math.max(now - since, 0), true)}
        {job.status === 'processing' && `, usually ${spanOf(typicalSeconds * 1000, true)}`}
      </span>
    </span>
  );
}

/** What was delivered, in the place that was kept for it. */
export function Shown({ seen, alt, isWhole }: { seen: SeenJob; alt: string; isWhole?: boolean }) {
  const { job } = seen;
  const [isThere, setThere] = useState(false);
  const [isLost, setLost] = useState(false);
  if (job.status !== 'complete') return null;
  const path = pictureAt(job.jobId);
  const size = { width: job.width, height: job.height };
  if (job.format === 'bin')
    return <span class="tile-words">A file that inspection refused; it can be downloaded only.</span>;
  if (isLost) return <span class="tile-words">The picture cannot be shown at this moment.</span>;
  if (job.format === 'mp4')
    return (
      <video
        {...size}
        class="there"
        src={path}
        poster={job.thumbnailUrl === undefined ? undefined : pictureAt(job.jobId, 'thumbnail')}
        preload="metadata"
        muted
        loop
        playsInline
        controls={isWhole}
        aria-label={alt}
        onError={() => setLost(true)}
      />
    );
  return (
    <img
      {...size}
      src={path}
      alt={alt}
      loading={isWhole ? 'eager' : 'lazy'}
      decoding="async"
      class={isThere ? 'there' : ''}
      onLoad={() => setThere(true)}
      onError={() => setLost(true)}
    />
  );
}
