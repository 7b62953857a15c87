import { useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

interface Shown {
  readonly text: string;
  readonly label: string;
  /** Only a drawing, for what stands beside the text itself. */
  readonly isSmall?: boolean;
}

/** Copies a text, and says that it did. */
export function CopyButton({ text, label, isSmall }: Shown) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  const copy = async () => {
    const isDone = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setState(isDone ? 'copied' : 'failed');
    setTimeout(() => setState('ready'), 2_000);
  };
  const words = { ready: label, copied: 'Copied', failed: 'It cannot be copied' }[state];
  return (
    <button type="button" class={isSmall ? 'icon-button' : 'quiet'} onClick={copy} title={label}>
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
      <span class={isSmall ? 'unseen' : ''} aria-live="polite">
        {words}
      </span>
    </button>
  );
}
