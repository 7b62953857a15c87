import { useEffect, useRef, useState } from 'preact/hooks';
import type { Findings, Money } from '../answers.ts';
import { momentOf } from './amounts.ts';
import { call, wordsOf } from './call.ts';
import { Icon } from './icons.tsx';
import { type Names, OneSwitch } from './one-switch.tsx';

interface Shown {
  readonly money: Money | undefined;
  readonly names: Names;
  readonly changed: () => void;
}

/** Whether anything may be signed, and the switch for it: asked twice, with a reason for whoever looks next. */
export function StopCard({ money, names, changed }: Shown) {
  const [isAsking, setAsking] = useState(false);
  const signing = money?.signing;
  const isOn = signing?.enabled ?? false;
  return (
    <section class="card stop" aria-labelledby="stop-title" data-state={isOn ? 'signing' : 'stopped'}>
      <h2 id="stop-title">{money ? (isOn ? 'Signing is on' : 'Signing is stopped') : 'Signing'}</h2>
      {!money && <div class="skeleton line" />}
      {money && (
        <>
          <p class="hint">
            {signing
              ? `“${signing.reason}” · ${signing.by}, ${momentOf(signing.at)}`
              : 'Nobody has resumed it yet: a booth is born stopped.'}
          </p>
          <button type="button" class={isOn ? 'danger' : 'primary'} onClick={() => setAsking(true)}>
            <Icon name={isOn ? 'stop' : 'play'} />
            {isOn ? 'Stop…' : 'Resume…'}
          </button>
          <OneSwitch stopped={money.stopped} names={names} changed={changed} />
        </>
      )}
      {isAsking && (
        <SwitchDialog
          isOn={isOn}
          close={() => {
            setAsking(false);
            changed();
          }}
        />
      )}
    </section>
  );
}

/** Says what will happen, takes the reason, and does it. */
function SwitchDialog({ isOn, close }: { readonly isOn: boolean; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [wasOn] = useState(isOn);
  const [reason, setReason] = useState('');
  const [state, setState] = useState<'ready' | 'busy'>('ready');
  const [findings, setFindings] = useState<Findings>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    dialog.current?.showModal();
    if (wasOn) return;
    call<{ findings: Findings }>('/operator/readiness').then(
      (answer) => setFindings(answer.findings),
      (error: unknown) => setFailure(wordsOf(error)),
    );
  }, []);

  async function act(event: Event): Promise<void> {
    event.preventDefault();
    if (state === 'busy' || reason.trim() === '') return;
    setState('busy');
    setFailure(undefined);
    try {
      const path = wasOn ? '/operator/stop' : '/operator/resume';
      const answer = await call<{ resumed?: boolean; findings?: Findings }>(path, {
        method: 'POST',
        body: { reason },
      });
      if (answer.resumed !== false) return dialog.current?.close();
      setFindings(answer.findings);
      setFailure('It stays stopped: not everything is as it must be.');
    } catch (error) {
      setFailure(wordsOf(error));
    }
    setState('ready');
  }

  return (
    <dialog ref={dialog} class="ask" aria-labelledby="ask-title" onClose={close}>
      <form onSubmit={act}>
        <h2 id="ask-title">{wasOn ? 'Stop signing?' : 'Resume signing?'}</h2>
        <p>
          {wasOn
            ? 'Nothing is signed and nothing is sent from then on. What was sent before can still be settled, for five minutes at the most; jobs that are paid are still fetched.'
            : 'These must be as they should be, and are looked at again when you resume:'}
        </p>
        {!wasOn && (
          <ul class="findings" aria-busy={!findings}>
            {!findings && failure === undefined && <li class="skeleton line" />}
            {findings?.map(({ name, isReady, says }) => (
              <li key={name + says} data-ready={isReady}>
                <Icon name={isReady ? 'check' : 'warn'} />
                <span>
                  <strong>{name}</strong>
                  <span class="unseen">{isReady ? ' is ready' : ' is not ready'}</span>: {says}
                </span>
              </li>
            ))}
          </ul>
        )}
        <label class="field">
          <span class="label">Why, for whoever looks next</span>
          <input
            type="text"
            value={reason}
            maxLength={500}
            required
            placeholder={wasOn ? 'the prices look odd' : 'payee confirmed with the seller'}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </label>
        {failure !== undefined && (
          <p class="wrong" role="alert">
            {failure}
          </p>
        )}
        <div class="ask-buttons">
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button
            type="submit"
            class={wasOn ? 'danger' : 'primary'}
            aria-disabled={state === 'busy' || reason.trim() === ''}
          >
            {state === 'busy' && <span class="spinner" aria-hidden="true" />}
            {wasOn ? 'Stop signing' : 'Resume signing'}
          </button>
        </div>
      </form>
    </dialog>
  );
}
