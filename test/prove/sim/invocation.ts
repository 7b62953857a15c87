import { nothing, type Timeline } from './timeline.ts';

export type FunctionKind = 'intake' | 'payer' | 'poll' | 'deliver' | 'sweeper' | 'reconciler' | 'operator';

/** How the platform saw an invocation end. */
export type Ending =
  | { readonly how: 'done' }
  | { readonly how: 'failed'; readonly error: Error }
  | { readonly how: 'killed' | 'timed out' };

/** One invocation of a function: it can be killed, or sleep while the world goes on and wake as a zombie. */
export interface Invocation {
  readonly id: string;
  readonly kind: FunctionKind;
  /** By how much its clock is ahead of the world's, milliseconds. */
  readonly skew: number;
  readonly endsAt: number;
  /** Goes on with it: now, when it wakes, or never. */
  go(action: () => void): void;
  kill(): void;
  /** Until then nothing of it moves; the platform takes it for lost and it does not. */
  pause(milliseconds: number): void;
  /** What the platform does about its end; only the first one counts. */
  end(ending: Ending): void;
}

export function openInvocation(
  timeline: Timeline,
  given: Pick<Invocation, 'id' | 'kind' | 'skew'>,
  seconds: number,
  ended: (ending: Ending) => void,
): Invocation {
  let alive = true;
  let isOver = false;
  let wakesAt = 0;
  let undead = false;
  const endsAt = timeline.now + seconds * 1000;
  const invocation: Invocation = {
    ...given,
    endsAt,
    go(action) {
      if (!alive) return;
      if (timeline.now < wakesAt) timeline.at(wakesAt, () => invocation.go(action));
      else action();
    },
    kill() {
      alive = false;
      invocation.end({ how: 'killed' });
    },
    pause(milliseconds) {
      undead = true;
      wakesAt = Math.max(wakesAt, timeline.now + milliseconds);
    },
    end(ending) {
      if (isOver) return;
      isOver = true;
      ended(ending);
    },
  };
  timeline.at(endsAt, () => {
    if (isOver) return nothing;
    if (!undead) alive = false;
    return invocation.end({ how: 'timed out' });
  });
  return invocation;
}
