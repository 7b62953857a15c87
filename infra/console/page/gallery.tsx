import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Model } from './request-form.ts';
import { Tile } from './tile.tsx';
import { isOver, type Jobs } from './use-jobs.ts';

interface Shown {
  readonly jobs: Jobs;
  readonly models: readonly Model[];
}

/** Everything the person has asked for, newest first, pictures as pictures. */
export function Gallery({ jobs, models }: Shown) {
  const { list, failure } = jobs;
  const running = list?.filter(({ job }) => !isOver(job)).length ?? 0;
  const now = useClock(running > 0);
  if (!list)
    return (
      <section class="gallery" aria-label="Pictures" aria-busy="true">
        {failure === undefined ? (
          [1.5, 1, 0.7, 1.2, 1, 1.6].map((ratio, index) => (
            <div class="tile skeleton" key={index} style={shapeOf(ratio)} />
          ))
        ) : (
          <p class="empty">The pictures cannot be had at this moment.</p>
        )}
      </section>
    );
  if (list.length === 0)
    return (
      <section class="gallery-empty" aria-label="Pictures">
        <img src="/coin.svg" alt="" width="56" height="56" />
        <h2>Nothing yet</h2>
        <p>Say what you would like to see. The price is there before you pay it.</p>
      </section>
    );
  return (
    <section aria-label="Pictures">
      <ul class="gallery">
        {list.map((seen) => (
          <Tile
            key={seen.job.jobId}
            seen={seen}
            now={now}
            typicalSeconds={models.find(({ name }) => name === seen.job.model)?.typicalSeconds ?? 10}
          />
        ))}
      </ul>
      {jobs.hasMore && (
        <button type="button" class="quiet more" onClick={jobs.loadMore} aria-disabled={jobs.isLoadingMore}>
          <Icon name="plus" />
          {jobs.isLoadingMore ? 'Loading…' : 'Earlier ones'}
        </button>
      )}
    </section>
  );
}

/** A row is filled by what stands in it, each in its own shape. */
export const shapeOf = (ratio: number) => ({
  '--ratio': String(Math.min(Math.max(ratio, 0.5), 2.4)),
});

/** The time, while something runs. */
function useClock(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}
