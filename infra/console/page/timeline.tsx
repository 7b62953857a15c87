import { momentOf, spanOf } from './amounts.ts';
import { Icon } from './icons.tsx';
import { type Stage, stagesOf } from './stages.ts';
import type { SeenJob } from './use-jobs.ts';

const stateWords = { done: 'done', now: 'under way', ahead: 'to come', failed: 'did not happen' };

/** A job's way, step by step, each with its time. */
export function Timeline({ seen: { job, detail } }: { readonly seen: SeenJob }) {
  const stages = stagesOf(job, detail);
  return (
    <ol class="timeline" aria-label="Its way">
      {stages.map((stage, index) => (
        <li key={stage.name} data-state={stage.state}>
          <span class="mark" aria-hidden="true">
            {stage.state === 'done' && <Icon name="check" />}
            {stage.state === 'failed' && <Icon name="close" />}
          </span>
          <span class="stage-name">
            {stage.name}
            <span class="unseen"> ({stateWords[stage.state]})</span>
          </span>
          <span class="stage-time">{timeOf(stage, stages[index - 1])}</span>
          <span class="stage-says">{stage.says}</span>
        </li>
      ))}
    </ol>
  );
}

function timeOf({ at }: Stage, before: Stage | undefined): string {
  if (at === undefined) return '';
  return before?.at === undefined ? momentOf(at) : `+ ${spanOf(at - before.at)}`;
}
