import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { call, wordsOf } from './call.ts';

export interface Loaded<Value> {
  /** The newest that was answered; it stays while a later answer fails. */
  readonly value: Value | undefined;
  /** Why the last answer is missing. */
  readonly failure: string | undefined;
  readonly reload: () => void;
}

const longestPauseMilliseconds = 30_000;

/**
 * Asks again and again, never twice at once, and not while nobody looks. After a failure it leaves more and more time.
 * @param ask gives an answer
 * @param pauseMilliseconds from an answer to the next question; without it, it is asked once
 */
export function useLoaded<Value>(
  ask: () => Promise<Value>,
  pauseMilliseconds: number | undefined,
): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [failure, setFailure] = useState<string>();
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const pause = useRef(pauseMilliseconds);
  pause.current = pauseMilliseconds;

  useEffect(() => {
    let isOver = false;
    let timer: number | undefined;
    let failures = 0;
    const again = (after: number) => {
      timer = window.setTimeout(look, after);
    };
    const look = async (): Promise<void> => {
      if (document.hidden) return again(1_000);
      try {
        const answer = await latest.current();
        if (isOver) return;
        failures = 0;
        setValue(() => answer);
        setFailure(undefined);
      } catch (error) {
        if (isOver) return;
        failures += 1;
        setFailure(wordsOf(error));
      }
      if (failures > 0) again(Math.min(1_000 * 2 ** failures, longestPauseMilliseconds));
      else if (pause.current !== undefined) again(pause.current);
    };
    look();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [round, pauseMilliseconds]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { value, failure, reload };
}

/** The answer at a path. */
export const useAnswer = <Value>(path: string, pauseMilliseconds?: number): Loaded<Value> =>
  useLoaded(() => call<Value>(path), pauseMilliseconds);
