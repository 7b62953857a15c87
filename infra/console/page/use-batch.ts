import { useRef, useState } from 'preact/hooks';
import type { Accepted, JobAnswer } from '../../../shared/contracts/http.ts';
import type { Batch } from '../answers.ts';
import { call, Refusal, wordsOf } from './call.ts';
import { isOver } from './use-jobs.ts';

/** Where a line is. */
export interface Line {
  readonly line: number;
  readonly label?: string | undefined;
  readonly model: string;
  readonly prompt: string;
  readonly state: 'waiting' | 'running' | 'complete' | 'failed';
  readonly jobId?: string;
  readonly job?: JobAnswer;
  /** Why it has no picture. */
  readonly why?: string;
}

export type BatchState =
  | { readonly state: 'none' }
  | { readonly state: 'reading'; readonly name: string }
  | { readonly state: 'unreadable'; readonly name: string; readonly message: string }
  | { readonly state: 'read' | 'running' | 'done'; readonly name: string; readonly batch: Batch };

const atOnce = 4;
const pauseMilliseconds = 700;
const pagesAtOnce = 6;

/**
 * Buys a file's lines: read and checked first, asked for a few at once, each under the key of its line. A file that is
 * brought again goes on where it was left.
 */
export function useBatch() {
  const [batch, setBatch] = useState<BatchState>({ state: 'none' });
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [failure, setFailure] = useState<string>();
  const isGoing = useRef(false);
  const known = useRef(new Map<number, Line>());

  const put = (line: number, more: Partial<Line>) => {
    const before = known.current.get(line);
    if (before) known.current.set(line, { ...before, ...more });
    setLines([...known.current.values()]);
  };

  async function read(file: File): Promise<void> {
    if (isGoing.current) return;
    const { name } = file;
    setFailure(undefined);
    setBatch({ state: 'reading', name });
    try {
      const path = `/operator/batches?name=${encodeURIComponent(name)}`;
      const body = new Blob([file], { type: 'application/octet-stream' });
      const answer = await call<Batch>(path, { method: 'POST', body });
      known.current = new Map(answer.good.map((line) => [line.line, lineOf(line)]));
      setLines([...known.current.values()]);
      setBatch({ state: 'read', name, batch: answer });
    } catch (error) {
      setBatch({ state: 'unreadable', name, message: wordsOf(error) });
    }
  }

  async function ask({ line, model, request, key }: Batch['good'][number]): Promise<void> {
    try {
      const { jobId } = await call<Accepted>(`/api/generate/${model}`, {
        method: 'POST',
        body: request,
        headers: { 'idempotency-key': key },
      });
      put(line, { jobId, state: 'running' });
    } catch (error) {
      if (error instanceof Refusal && error.isUnanswered) throw error;
      put(line, { state: 'failed', why: wordsOf(error) });
    }
  }

  /** Looks at those that run, a few at once, until none does. */
  async function follow(isAsking: () => boolean): Promise<void> {
    for (;;) {
      const running = [...known.current.values()].filter(({ state }) => state === 'running');
      if (running.length === 0 && !isAsking()) return;
      await inTurns(running, pagesAtOnce, async ({ line, jobId }) => {
        const job = await call<JobAnswer>(`/api/jobs/${jobId}`).catch(() => undefined);
        if (!job || !isOver(job)) return;
        put(line, {
          job,
          state: job.status === 'complete' ? 'complete' : 'failed',
          ...(job.status === 'failed' && { why: job.reason.message }),
        });
      });
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  }

  async function run(): Promise<void> {
    if (isGoing.current || !('batch' in batch)) return;
    isGoing.current = true;
    setFailure(undefined);
    setBatch({ ...batch, state: 'running' });
    let isAsking = true;
    const waiting = batch.batch.good.filter(({ line }) => known.current.get(line)?.state === 'waiting');
    const asking = inTurns(waiting, atOnce, ask)
      .catch((error: unknown) => setFailure(wordsOf(error)))
      .finally(() => {
        isAsking = false;
      });
    await Promise.all([asking, follow(() => isAsking)]);
    isGoing.current = false;
    const isWhole = [...known.current.values()].every(({ state }) => state !== 'waiting');
    setBatch({ ...batch, state: isWhole ? 'done' : 'read' });
  }

  const forget = () => {
    if (isGoing.current) return;
    known.current.clear();
    setLines([]);
    setBatch({ state: 'none' });
  };
  return { batch, lines, failure, read, run, forget };
}

const lineOf = ({ line, label, model, request }: Batch['good'][number]): Line => ({
  line,
  label,
  model,
  prompt: typeof request.prompt === 'string' ? request.prompt : model,
  state: 'waiting',
});

/** Does it for each, so many at once; the first that fails ends it. */
async function inTurns<Item>(
  items: readonly Item[],
  most: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await act(next).catch((error: unknown) => {
        queue.length = 0;
        throw error;
      });
  };
  await Promise.all(Array.from({ length: most }, worker));
}
