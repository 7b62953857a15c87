import type { PaymentQueue } from '../../../shared/aws/sqs.ts';
import type { Ending } from './invocation.ts';
import { nothing, type Timeline } from './timeline.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  receives: number;
  visibleAt: number;
  isDeleted: boolean;
}

/** What the queue does beyond its promise of one delivery; each is asked when it may happen. */
export interface QueueWhims {
  /** Copies delivered beside the message. */
  copies(): number;
  /** Milliseconds until it can be received. */
  delay(): number;
  /** Whether it comes back in a moment although somebody works on it: milliseconds, or undefined. */
  lapse(): number | undefined;
  /** Whether its deletion gets lost. */
  keeps(): boolean;
}

export interface SimQueue extends PaymentQueue {
  /** Messages that were received too often. */
  readonly dead: Message[];
}

export const visibilitySeconds = 360;
const mostReceives = 8;

/**
 * A standard queue, whose fairness is one order of the many: at least once, in any order; what is received is hidden until it is deleted or its time is over.
 * @param work begins an invocation for a message; false when all are busy
 */
export function openQueue(
  timeline: Timeline,
  whims: QueueWhims,
  work: (message: Message, ended: (ending: Ending) => void) => boolean,
): SimQueue {
  const messages = new Map<string, Message>();
  let count = 0;

  function show(message: Message, at: number): void {
    message.visibleAt = at;
    timeline.at(at, () => receive(message));
  }

  function receive(message: Message): unknown {
    if (message.isDeleted || message.visibleAt > timeline.now) return nothing;
    if (message.receives >= mostReceives) {
      message.isDeleted = true;
      queue.dead.push(message);
      return nothing;
    }
    const begun = work(message, ({ how }) => {
      if (how !== 'done' || whims.keeps()) return;
      message.isDeleted = true;
      messages.delete(message.id);
    });
    if (!begun) return show(message, timeline.now + 500);
    message.receives += 1;
    return show(message, timeline.now + (whims.lapse() ?? visibilitySeconds * 1000));
  }

  const queue: SimQueue = {
    dead: [],
    async send(sent, group) {
      for (let copies = whims.copies(); copies >= 0; copies -= 1) {
        count += 1;
        const body = JSON.stringify(sent);
        const message = { id: `m${count}`, body, group, receives: 0, visibleAt: 0, isDeleted: false };
        messages.set(message.id, message);
        show(message, timeline.now + whims.delay());
      }
    },
    async hide(receiptHandle, seconds) {
      const message = messages.get(receiptHandle);
      if (message && !message.isDeleted) show(message, timeline.now + seconds * 1000);
    },
  };
  return queue;
}
