import { useEffect, useRef, useState } from 'preact/hooks';
import { call, wordsOf } from './call.ts';

/** What is asked before it is done, and the call that does it. */
export interface Question {
  readonly title: string;
  /** What will happen. */
  readonly says: string;
  /** The words of the button. */
  readonly act: string;
  readonly isDanger?: boolean;
  readonly path: string;
  readonly body?: object;
}

/** Says what will happen, and does it when the person says so again. */
export function AskOnceMore({
  question: { title, says, act, isDanger, path, body = {} },
  close,
}: {
  readonly question: Question;
  readonly close: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);

  async function confirm(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await call(path, { method: 'POST', body });
      return dialog.current?.close();
    } catch (error) {
      setFailure(wordsOf(error));
    }
    setBusy(false);
  }

  return (
    <dialog ref={dialog} class="ask" aria-labelledby="once-title" onClose={close}>
      <form onSubmit={confirm}>
        <h2 id="once-title">{title}</h2>
        <p>{says}</p>
        {failure !== undefined && (
          <p class="wrong" role="alert">
            {failure}
          </p>
        )}
        <div class="ask-buttons">
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class={isDanger ? 'danger' : 'primary'} aria-disabled={isBusy}>
            {isBusy && <span class="spinner" aria-hidden="true" />}
            {act}
          </button>
        </div>
      </form>
    </dialog>
  );
}
