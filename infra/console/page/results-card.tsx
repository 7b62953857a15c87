import { useState } from 'preact/hooks';
import type { Results } from '../answers.ts';
import { bytesOf, momentOf } from './amounts.ts';
import { AskOnceMore, type Question } from './ask-once-more.tsx';
import { callFile, wordsOf } from './call.ts';
import { Icon } from './icons.tsx';
import { useAnswer } from './use-loaded.ts';

const pauseMilliseconds = 15_000;

/** Results that are paid for and wait for an operator: held for their host, or in quarantine. */
export function ResultsCard() {
  const { value, failure, reload } = useAnswer<Results>('/operator/results', pauseMilliseconds);
  const [question, setQuestion] = useState<Question>();
  return (
    <section class="card results" aria-labelledby="results-title" aria-busy={!value && failure === undefined}>
      <h2 id="results-title">Held results and quarantine</h2>
      {!value && (failure === undefined ? <div class="skeleton line" /> : <p class="hint">{failure}</p>)}
      {value && (
        <>
          <Hosts results={value} ask={setQuestion} />
          <Quarantine results={value} ask={setQuestion} />
        </>
      )}
      {question && (
        <AskOnceMore
          question={question}
          close={() => {
            setQuestion(undefined);
            reload();
          }}
        />
      )}
    </section>
  );
}

interface Part {
  readonly results: Results;
  readonly ask: (question: Question) => void;
}

/** Hosts beside the pin: those on which results are held, and those that an operator allows. */
function Hosts({ results: { pin, held, allowed }, ask }: Part) {
  return (
    <>
      <p class="hint">
        {pin
          ? `Results are fetched from ${pin.join(', ')} and from the hosts that are allowed here.`
          : 'Results are fetched from every public https host: nothing is pinned.'}
      </p>
      {pin && held.length === 0 && <p>No result is held.</p>}
      {held.map(({ origin, jobId, at }) => (
        <div class="result" key={origin}>
          <p>
            Held: <strong>{origin}</strong>
          </p>
          <p class="hint">
            Last found there {momentOf(at)}, of job {jobId}
          </p>
          <button
            type="button"
            class="primary"
            aria-label={`Allow this host: ${origin}`}
            onClick={() =>
              ask({
                title: `Allow ${origin}?`,
                says: 'Results on this host are fetched from now on, and inspected as all are. Jobs that wait for one ask for it within a minute, at no further price. The host learns which results are fetched.',
                act: 'Allow it',
                path: '/operator/hosts',
                body: { host: origin, allowed: true },
              })
            }
          >
            <Icon name="check" />
            Allow this host
          </button>
        </div>
      ))}
      {allowed.map(({ origin, by, at }) => (
        <div class="result" key={origin}>
          <p>
            Allowed: <strong>{origin}</strong>
          </p>
          <p class="hint">
            By {by}, {momentOf(at)}
          </p>
          <button
            type="button"
            class="quiet"
            aria-label={`Forbid ${origin}`}
            onClick={() =>
              ask({
                title: `Forbid ${origin}?`,
                says: pin
                  ? 'Results on this host are held from now on, unless the pin lists it.'
                  : 'Nothing is pinned, so its results are still fetched. They are held only if a pin is set.',
                act: 'Forbid it',
                isDanger: true,
                path: '/operator/hosts',
                body: { host: origin, allowed: false },
              })
            }
          >
            <Icon name="close" />
            Forbid
          </button>
        </div>
      ))}
    </>
  );
}

/** Files that inspection refused. They are saved to the disk, and shown nowhere. */
function Quarantine({ results: { quarantine, isPartial }, ask }: Part) {
  const [failure, setFailure] = useState<string>();
  const download = (name: string) => {
    setFailure(undefined);
    save(name).catch((error: unknown) => setFailure(wordsOf(error)));
  };
  return (
    <>
      {quarantine.length === 0 && <p>Nothing is in quarantine.</p>}
      {quarantine.map(({ name, jobId, bytes, model, status, reason, at }) => (
        <div class="result" key={name}>
          <p>
            In quarantine: <strong>{reason ?? 'no job names it'}</strong>
          </p>
          <p class="hint">
            Job {jobId}
            {status !== undefined && `, ${status}`}
            {model !== undefined && `, ${model}`}, {bytesOf(bytes)}
            {at !== undefined && `, ${momentOf(at)}`}
          </p>
          <div class="result-buttons">
            <button
              type="button"
              class="quiet"
              aria-label={`Download the file of job ${jobId}`}
              onClick={() => download(name)}
            >
              <Icon name="download" />
              Download
            </button>
            <button
              type="button"
              class="quiet"
              aria-label={`Release the file of job ${jobId}`}
              onClick={() =>
                ask({
                  title: 'Release this file?',
                  says: `Its caller gets it as a download, at no further price. A job that still runs is delivered with it; one that has ended keeps its end, and its answer names the file. Job ${jobId}.`,
                  act: 'Release it',
                  path: `/operator/quarantine/${name}/release`,
                })
              }
            >
              <Icon name="check" />
              Release
            </button>
            <button
              type="button"
              class="quiet danger"
              aria-label={`Discard the file of job ${jobId}`}
              onClick={() =>
                ask({
                  title: 'Discard this file?',
                  says: `It is removed for good. Job ${jobId}.`,
                  act: 'Discard it',
                  isDanger: true,
                  path: `/operator/quarantine/${name}/discard`,
                })
              }
            >
              <Icon name="close" />
              Discard
            </button>
          </div>
        </div>
      ))}
      {isPartial && <p class="hint">More is in quarantine than is listed here.</p>}
      {quarantine.length > 0 && (
        <p class="hint">Open a stranger’s file only where that does no harm: inspection refused it.</p>
      )}
      {failure !== undefined && (
        <p class="wrong" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}

/** A link can send no key, so the page fetches the bytes and hands them to the disk. */
async function save(name: string): Promise<void> {
  const href = URL.createObjectURL(await callFile(`/operator/quarantine/${name}`));
  Object.assign(document.createElement('a'), { href, download: `${name}.bin` }).click();
  // The browser has begun to save by then.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
