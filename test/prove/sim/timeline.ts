/** Time of a run, which passes only when there is nothing left to do at this moment. */
export interface Timeline {
  /** Unix milliseconds. */
  readonly now: number;
  /** Does something at a time; what is due at the same time is done in the order it was asked for. */
  at(time: number, action: Action): void;
  after(milliseconds: number, action: Action): void;
  sleep(milliseconds: number): Promise<void>;
  /** Does the next thing, and everything that follows from it at once; false when there is none before `until`. */
  step(until: number): Promise<boolean>;
}

/** Gives `nothing` when nothing follows from it, so that nobody is waited for. */
export type Action = () => unknown;
export const nothing = Symbol('nothing');

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly action: Action;
}

const isBefore = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

export function openTimeline(start: number): Timeline {
  const heap: Entry[] = [];
  let now = start;
  let order = 0;

  function add(entry: Entry): void {
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, entry)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  function take(): Entry | undefined {
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const isRight = left && right && isBefore(right, left);
      const child = isRight ? right : left;
      if (!child || isBefore(last, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
    return first;
  }

  const timeline: Timeline = {
    get now() {
      return now;
    },
    at(time, action) {
      order += 1;
      add({ time: Math.max(Math.round(time), now), order, action });
    },
    after: (milliseconds, action) => timeline.at(now + milliseconds, action),
    sleep: (milliseconds) => new Promise((resolve) => timeline.after(milliseconds, resolve)),
    async step(until) {
      if (!heap[0] || heap[0].time > until) {
        now = Math.max(now, until);
        return false;
      }
      const entry = take();
      now = entry?.time ?? now;
      // Not a timer: every promise that can go on has gone on when the next turn begins.
      if (entry?.action() !== nothing) await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
  };
  return timeline;
}
