import type { JSX } from 'preact';
import type { Booth } from '../answers.ts';
import { bytesOf, momentOf, short } from './amounts.ts';
import { CopyButton } from './copy-button.tsx';
import { explain } from './explain.ts';
import { labelOf } from './request-form.ts';
import { Timeline } from './timeline.tsx';
import type { SeenJob } from './use-jobs.ts';

/** What is known of a job: where its money is, what was asked, what came. */
export function JobFacts({ seen }: { readonly seen: SeenJob; readonly booth: Booth | undefined }) {
  const { job, detail } = seen;
  const { prompt: _prompt, ...fields } = detail?.request ?? {};
  const transaction = job.cost?.transaction;
  const proven = detail?.proof?.state === 'settled';
  return (
    <>
      {job.status === 'failed' && <Failure seen={seen} />}
      <dl class="facts">
        <Fact name="Model">{job.model}</Fact>
        <Fact name="Price">
          {job.cost ? job.cost.usd : 'nothing is signed'}
          {job.uploads && <span class="hint"> and places for {job.uploads.length} files</span>}
        </Fact>
        {Object.entries(fields).map(([name, value]) => (
          <Fact key={name} name={labelOf(name)}>
            {Array.isArray(value) ? value.map((one) => short(String(one))).join(', ') : String(value)}
          </Fact>
        ))}
        {job.status === 'complete' && (
          <Fact name="File">
            {job.width} × {job.height} {job.format}, {bytesOf(job.bytes)}
            {job.durationSeconds !== undefined && `, ${job.durationSeconds} s`}
            {job.mismatch.length > 0 && (
              <span class="wrong">
                {' '}
                Not as asked: {job.mismatch.join(', ')}. It was paid for, and is kept.
              </span>
            )}
          </Fact>
        )}
        {transaction !== undefined && (
          <Fact name="Transaction">
            <code title={transaction}>{short(transaction)}</code>
            <CopyButton text={transaction} label="Copy the transaction" isSmall />
            <span class="hint">
              {proven ? `in final block ${detail?.proof?.blockNumber}` : 'as the seller says'}
            </span>
          </Fact>
        )}
        <Fact name="Job">
          <code title={job.jobId}>{job.jobId.slice(0, 8)}</code>
          <CopyButton text={job.jobId} label="Copy the job’s id" isSmall />
          <span class="hint">{momentOf(Date.parse(job.acceptedAt))}</span>
        </Fact>
      </dl>
      <Timeline seen={seen} />
    </>
  );
}

const Fact = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children: JSX.Element | JSX.Element[] | unknown;
}) => (
  <div>
    <dt>{name}</dt>
    <dd>{children as JSX.Element}</dd>
  </div>
);

function Failure({ seen: { job } }: { readonly seen: SeenJob }) {
  if (job.status !== 'failed') return null;
  const { title, happened, money, again, isHarmless } = explain(job);
  return (
    <div class="failure" data-harmless={isHarmless}>
      <h3>{title}</h3>
      <dl>
        <dt>What happened</dt>
        <dd>{happened}</dd>
        <dt>Where the money is</dt>
        <dd>{money}</dd>
        <dt>Whether to ask again</dt>
        <dd>{again}</dd>
      </dl>
    </div>
  );
}
