import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Money } from '../answers.ts';
import { call, wordsOf } from './call.ts';
import { Icon } from './icons.tsx';

const kinds = ['model', 'caller', 'payee'] as const;
type Kind = (typeof kinds)[number];

/** What there is of each kind, to choose from. */
export type Names = Readonly<Record<Kind, readonly string[]>>;

interface Shown {
  readonly stopped: Money['stopped'];
  readonly names: Names;
  readonly changed: () => void;
}

/** Whom or what of the others: switches of one model, caller or payee, while all else goes on. */
export function OneSwitch({ stopped, names, changed }: Shown) {
  /** The scope that is asked about; empty for one that is still to be chosen. */
  const [asked, setAsked] = useState<string>();
  return (
    <div class="one-switch">
      {stopped.map(({ scope, reason }) => (
        <p class="one-stopped" key={scope}>
          <span>
            Stopped: <strong>{scope.replace(':', ' ')}</strong>. “{reason}”
          </span>
          <button
            type="button"
            class="quiet"
            aria-label={`Resume ${scope.replace(':', ' ')}…`}
            onClick={() => setAsked(scope)}
          >
            <Icon name="play" />
            Resume…
          </button>
        </p>
      ))}
      <button type="button" class="quiet" onClick={() => setAsked('')}>
        <Icon name="stop" />
        Stop one model, caller or payee…
      </button>
      {asked !== undefined && (
        <OneDialog
          scope={asked}
          names={names}
          close={() => {
            setAsked(undefined);
            changed();
          }}
        />
      )}
    </div>
  );
}

/** Takes which one, and why; the booth says what is no such thing. */
function OneDialog({
  scope,
  names,
  close,
}: {
  readonly scope: string;
  readonly names: Names;
  readonly close: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [kind, setKind] = useState<Kind>('model');
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const listId = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const isStop = scope === '';
  const isReady = !isBusy && reason.trim() !== '' && (!isStop || name.trim() !== '');

  async function act(event: Event): Promise<void> {
    event.preventDefault();
    if (!isReady) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const body = { scope: isStop ? `${kind}:${name.trim()}` : scope, enabled: !isStop, reason };
      await call('/operator/switch', { method: 'POST', body });
      return dialog.current?.close();
    } catch (error) {
      setFailure(wordsOf(error));
    }
    setBusy(false);
  }

  return (
    <dialog ref={dialog} class="ask" aria-labelledby="one-title" onClose={close}>
      <form onSubmit={act}>
        <h2 id="one-title">{isStop ? 'Stop one of them?' : `Resume ${scope.replace(':', ' ')}?`}</h2>
        <p>
          {isStop
            ? 'Nothing is signed and nothing is sent for it from then on; its jobs wait, and all else goes on.'
            : 'Its jobs that wait are paid again, as budgets allow.'}
        </p>
        {isStop && (
          <>
            <label class="field">
              <span class="label">What is stopped</span>
              <select
                value={kind}
                onChange={({ currentTarget }) => {
                  setKind(currentTarget.value as Kind);
                  setName('');
                }}
              >
                {kinds.map((one) => (
                  <option key={one} value={one}>
                    one {one}
                  </option>
                ))}
              </select>
            </label>
            <label class="field">
              <span class="label">Which {kind}</span>
              <input
                type="text"
                value={name}
                list={listId}
                maxLength={200}
                autocomplete="off"
                required
                onInput={({ currentTarget }) => setName(currentTarget.value)}
              />
            </label>
            <datalist id={listId}>
              {names[kind].map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          </>
        )}
        <label class="field">
          <span class="label">Why, for whoever looks next</span>
          <input
            type="text"
            value={reason}
            maxLength={500}
            required
            placeholder={isStop ? 'too dear this week' : 'their outage is over'}
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
          <button type="submit" class={isStop ? 'danger' : 'primary'} aria-disabled={!isReady}>
            {isBusy && <span class="spinner" aria-hidden="true" />}
            {isStop ? 'Stop it' : 'Resume it'}
          </button>
        </div>
      </form>
    </dialog>
  );
}
