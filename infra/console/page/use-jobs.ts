import { useCallback, useRef, useState } from 'preact/hooks';
import type { JobAnswer } from '../../../shared/contracts/http.ts';
import type { JobDetail } from '../answers.ts';
import { call, wordsOf } from './call.ts';
import { useLoaded } from './use-loaded.ts';

/** A job as the booth's API shows it, and what only an operator sees of it. */
export interface SeenJob {
  readonly job: JobAnswer;
  readonly detail: JobDetail | undefined;
}

export interface Jobs {
  /** Newest first; undefined until they are known. */
  readonly list: readonly SeenJob[] | undefined;
  readonly failure: string | undefined;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  /** Shows a job that was taken in this moment, before the list has it. */
  readonly add: (job: JobAnswer, request: Readonly<Record<string, unknown>>) => void;
  readonly reload: () => void;
  /** The one that ended last while the page was looking. */
  readonly lastEnded: SeenJob | undefined;
}

interface Page {
  readonly jobs: readonly JobAnswer[];
  readonly nextCursor?: string;
}

const pageSize = 24;
const mostAtOnce = 100;
const pauses = { busy: 1_000, quiet: 8_000 };

export const isOver = ({ status }: JobAnswer): boolean => status === 'complete' || status === 'failed';
/** Nothing more can come of it, its money included. */
const isKnown = ({ job, detail }: SeenJob): boolean =>
  detail !== undefined && isOver(job) && job.money !== 'open' && detail.times.ended !== undefined;

/** The person's jobs, looked at every second while one of them runs. */
export function useJobs(): Jobs {
  const known = useRef(new Map<string, SeenJob>());
  const [cursor, setCursor] = useState<string>();
  const [isLoadingMore, setLoadingMore] = useState(false);
  const [list, setList] = useState<readonly SeenJob[]>();
  const [failure, setFailure] = useState<string>();
  const [lastEnded, setLastEnded] = useState<SeenJob>();
  const hasPages = useRef(false);

  const show = () =>
    setList([...known.current.values()].toSorted((a, b) => b.job.acceptedAt.localeCompare(a.job.acceptedAt)));

  const take = useCallback(async (jobs: readonly JobAnswer[]) => {
    for (const job of jobs) {
      const before = known.current.get(job.jobId);
      const seen = { detail: before?.detail, job };
      known.current.set(job.jobId, seen);
      if (before && !isOver(before.job) && isOver(job)) setLastEnded(seen);
    }
    show();
    const unknown = jobs.filter(({ jobId }) => {
      const seen = known.current.get(jobId);
      return seen && !isKnown(seen);
    });
    if (unknown.length === 0) return;
    const ids = unknown.map(({ jobId }) => jobId).slice(0, mostAtOnce);
    const { jobs: details } = await call<{ jobs: JobDetail[] }>(`/operator/jobs?ids=${ids.join(',')}`);
    for (const detail of details) {
      const seen = known.current.get(detail.jobId);
      if (seen) known.current.set(detail.jobId, { ...seen, detail });
    }
    show();
  }, []);

  const running = list?.filter(({ job }) => !isOver(job)) ?? [];
  const look = useLoaded(
    async () => {
      const limit = running.length > pageSize / 2 ? mostAtOnce : pageSize;
      const page = await call<Page>(`/api/jobs?limit=${limit}`);
      if (!hasPages.current) setCursor(page.nextCursor);
      await take(page.jobs);
    },
    running.length > 0 ? pauses.busy : pauses.quiet,
  );

  const loadMore = useCallback(async () => {
    if (cursor === undefined || isLoadingMore) return;
    setLoadingMore(true);
    try {
      const page = await call<Page>(`/api/jobs?limit=${pageSize}&cursor=${encodeURIComponent(cursor)}`);
      hasPages.current = true;
      setCursor(page.nextCursor);
      setFailure(undefined);
      await take(page.jobs);
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setLoadingMore(false);
    }
  }, [cursor, isLoadingMore, take]);

  const add: Jobs['add'] = useCallback((job, request) => {
    const at = Date.parse(job.acceptedAt);
    const detail: JobDetail = {
      jobId: job.jobId,
      status: 'accepted',
      request: { ...request },
      times: { accepted: at },
      hasClaim: false,
    };
    if (!known.current.has(job.jobId)) known.current.set(job.jobId, { job, detail });
    show();
  }, []);

  return {
    list,
    failure: failure ?? look.failure,
    hasMore: cursor !== undefined,
    isLoadingMore,
    loadMore,
    add,
    reload: look.reload,
    lastEnded,
  };
}
