import { useRef } from 'preact/hooks';
import { BatchLines } from './batch-lines.tsx';
import { Icon } from './icons.tsx';
import type { useBatch } from './use-batch.ts';
import { useDrop } from './use-drop.ts';

const example = `model,id,prompt,resolution,seed
flux-2-pro/generate,cover,a lighthouse at dusk,1 MP,7
flux-2-pro/generate,back,"a harbour, at night",0.5 MP,`;

/** Many requests at once, from a file: read and checked first, then bought line by line. */
export function BatchView({
  batch: { batch, lines, failure, read, run, forget },
}: {
  readonly batch: ReturnType<typeof useBatch>;
}) {
  const file = useRef<HTMLInputElement>(null);
  const drop = useDrop(([dropped]) => {
    if (dropped) read(dropped);
  });
  const hasFile = batch.state === 'read' || batch.state === 'running' || batch.state === 'done';
  return (
    <div class="batch">
      {!hasFile && (
        <div class="card drop" {...drop}>
          <h2>Many at once</h2>
          <p class="hint">
            A CSV table or JSON Lines, up to 1,000 requests. It is checked whole, and you see what it may cost
            before anything is bought. The same file again goes on where it was left.
          </p>
          <button type="button" class="primary" onClick={() => file.current?.click()}>
            <Icon name="upload" />
            {batch.state === 'reading' ? 'Reading…' : 'Choose a file…'}
          </button>
          <input
            ref={file}
            class="unseen"
            type="file"
            tabIndex={-1}
            aria-label="A file of requests"
            accept=".csv,.jsonl,.ndjson"
            onChange={({ currentTarget }) => {
              const [chosen] = currentTarget.files ?? [];
              if (chosen) read(chosen);
              currentTarget.value = '';
            }}
          />
          {batch.state === 'unreadable' && (
            <p class="wrong" role="alert">
              {batch.message}
            </p>
          )}
          <details open>
            <summary>What a file looks like</summary>
            <pre>{example}</pre>
          </details>
        </div>
      )}
      {hasFile && (
        <BatchLines
          name={batch.name}
          batch={batch.batch}
          state={batch.state}
          lines={lines}
          failure={failure}
          run={run}
          forget={forget}
        />
      )}
    </div>
  );
}
