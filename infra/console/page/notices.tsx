import type { Money } from '../answers.ts';
import { momentOf } from './amounts.ts';
import { Icon } from './icons.tsx';
import { addressOf } from './use-route.ts';

interface Shown {
  readonly failure: string | undefined;
  readonly money: Money | undefined;
  /** For those who hear the page. */
  readonly said: string;
}

/** What must be known whatever one looks at: nothing is signed, or nobody answers. */
export function Notices({ failure, money, said }: Shown) {
  const isStopped = money !== undefined && !money.signing?.enabled;
  return (
    <div class="notices">
      <div class="unseen" role="status">
        {said}
      </div>
      {failure !== undefined && (
        <p class="notice" data-kind="trouble" role="alert">
          <Icon name="warn" />
          <span>{failure} What is shown may be old; it is asked again by itself.</span>
        </p>
      )}
      {isStopped && (
        <p class="notice" data-kind="stopped">
          <Icon name="stop" />
          <span>
            <strong>Nothing is signed.</strong> {stoppedWords(money)}
          </span>
          <a href={addressOf({ view: 'money' })}>Resume…</a>
        </p>
      )}
    </div>
  );
}

const stoppedWords = ({ signing }: Money): string =>
  signing
    ? `${signing.by} stopped it at ${momentOf(signing.at)}: “${signing.reason}”`
    : 'Nobody has resumed this booth yet: it was born stopped.';
