import { useEffect, useState } from 'preact/hooks';
import type { Accepted } from '../../../shared/contracts/http.ts';
import type { ModelList } from '../../../shared/contracts/http-offers.ts';
import type { Booth, Money } from '../answers.ts';
import { BatchView } from './batch-view.tsx';
import { Composer } from './composer.tsx';
import { type Draft, draftOf, emptyDraft, named } from './draft.ts';
import { Gallery } from './gallery.tsx';
import { Header } from './header.tsx';
import { JobDialog } from './job-dialog.tsx';
import { MoneyView } from './money-view.tsx';
import { Notices } from './notices.tsx';
import { promptOf } from './tile.tsx';
import { useBatch } from './use-batch.ts';
import { useJobs } from './use-jobs.ts';
import { useAnswer } from './use-loaded.ts';
import { addressOf, useRoute } from './use-route.ts';
import { type Order, useSubmit } from './use-submit.ts';

const moneyPauseMilliseconds = 5_000;
const draftKey = 'draft';

/** What was typed before the page was loaded again. */
function keptDraft(): Draft {
  try {
    return {
      ...emptyDraft('flux-2-pro/generate'),
      ...JSON.parse(withoutFiles(sessionStorage.getItem(draftKey) ?? '{}')),
    };
  } catch {
    return emptyDraft('flux-2-pro/generate');
  }
}

/** A file that was chosen can be named for a week, but not shown any more. */
const withoutFiles = (text: string): string => text.replaceAll(/"blob:[^"]*"/g, '""');

export function App() {
  const route = useRoute();
  const booth = useAnswer<Booth>('/operator/booth');
  const models = useAnswer<ModelList>('/api/models');
  const money = useAnswer<Money>('/operator/money', moneyPauseMilliseconds);
  const jobs = useJobs();
  const batch = useBatch();
  const [draft, setDraft] = useState(keptDraft);
  const [said, setSaid] = useState('');
  useEffect(() => sessionStorage.setItem(draftKey, JSON.stringify(draft)), [draft]);

  const { lastEnded } = jobs;
  useEffect(() => {
    if (!lastEnded) return;
    const end = lastEnded.job.status === 'complete' ? 'Delivered' : 'It ended without a picture';
    setSaid(`${end}: ${promptOf(lastEnded)}`);
  }, [lastEnded]);

  const taken = ({ jobId, type }: Accepted, { model, request }: Order) => {
    const acceptedAt = new Date().toISOString();
    const base = { type, model, jobId, acceptedAt, success: true, money: 'none', status: 'pending' } as const;
    const { maxPrice: _limit, reuse: _reuse, ...asked } = request;
    jobs.add(base, asked);
    jobs.reload();
    const isThere = jobs.list?.some(({ job }) => job.jobId === jobId) ?? false;
    if (isThere) location.hash = addressOf({ view: 'pictures', jobId });
    setSaid(isThere ? 'It was made before: here it is.' : 'The booth has taken the request.');
  };
  const submitting = useSubmit(taken);

  const list = models.value?.models ?? [];
  const shown = jobs.list?.find(({ job }) => job.jobId === route.jobId);
  const goTo = (jobId?: string) => {
    location.hash = addressOf({ view: route.view, jobId });
  };
  const compose = (next: Draft) => {
    setDraft(next);
    location.hash = addressOf({ view: 'pictures' });
    window.scrollTo({ top: 0 });
    setTimeout(() => document.getElementById('prompt')?.focus());
  };

  return (
    <>
      <Header booth={booth.value} money={money.value} view={route.view} />
      <Notices
        failure={booth.failure ?? models.failure ?? money.failure ?? jobs.failure}
        money={money.value}
        said={said}
      />
      <main>
        {route.view === 'pictures' && (
          <div class="pictures">
            <Composer
              models={list}
              draft={draft}
              change={setDraft}
              submitting={submitting}
              isStopped={money.value !== undefined && !money.value.signing?.enabled}
            />
            <Gallery jobs={jobs} models={list} />
          </div>
        )}
        {route.view === 'batch' && <BatchView batch={batch} />}
        {route.view === 'money' && (
          <MoneyView booth={booth.value} money={money} models={list.map(({ name }) => name)} />
        )}
      </main>
      {route.jobId !== undefined && (
        <JobDialog
          jobId={route.jobId}
          seen={shown}
          others={jobs.list?.map(({ job }) => job.jobId) ?? []}
          booth={booth.value}
          goTo={goTo}
          again={(order) => submitting.submit(order).then(() => goTo())}
          reuse={(model, request) => {
            const entry = list.find(({ name }) => name === model);
            if (entry) compose(draftOf(entry, request));
          }}
          edit={(jobId) => {
            const values = { images: [named(jobId)] };
            const own = draft.model.endsWith('/edit') ? draft.model : 'flux-2-pro/edit';
            compose({ ...emptyDraft(own), values });
          }}
          changed={jobs.reload}
        />
      )}
    </>
  );
}
