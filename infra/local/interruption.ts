import { constants } from 'node:os';

/** How long an orderly end may take: one that waits for a disk or a peer that is gone would wait for ever. */
const graceMilliseconds = 10_000;

/** npm hands on the signal that a terminal or a supervisor has sent to its whole group: one wish is heard twice. */
const sameWishMilliseconds = 250;

/**
 * Hears Ctrl-C, SIGTERM, a terminal that is closed, and the end of an npm that started this process. The first one asks
 * for an orderly end. A second one, or the end of the time for it, ends the process at once: its threads end with it, and
 * each child process ends when its pipe to this one closes.
 * @returns a signal that is aborted at the first one
 */
export function interruption(): AbortSignal {
  const first = new AbortController();
  let firstAt = 0;
  const interrupt = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    const endNow = (): never => process.exit(128 + constants.signals[signal]);
    if (first.signal.aborted) {
      if (performance.now() - firstAt >= sameWishMilliseconds) endNow();
      return;
    }
    firstAt = performance.now();
    first.abort();
    setTimeout(endNow, graceMilliseconds).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(signal));
  if (process.env.npm_execpath !== undefined) whenOrphaned(() => interrupt('SIGTERM'));
  return first.signal;
}

/** An npm that is killed takes no child with it, and its shell may be all that a signal reaches. */
function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    then();
  }, 500).unref();
}
