import { constants } from 'node:os';

/** How long an orderly end may take: one that waits for a disk or a peer that is gone would wait for ever. */
const graceMilliseconds = 10_000;

/**
 * Hears Ctrl-C and SIGTERM. The first one asks for an orderly end. A second one, or the end of the time for it, ends
 * the process at once: its threads end with it, and each child process ends when its pipe to this one closes.
 * @returns a signal that is aborted at the first one
 */
export function interruption(): AbortSignal {
  const first = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      const endNow = (): never => process.exit(128 + constants.signals[signal]);
      if (first.signal.aborted) endNow();
      first.abort();
      setTimeout(endNow, graceMilliseconds).unref();
    });
  return first.signal;
}
