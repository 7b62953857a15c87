import { afterwards, givesUp, instead, noAnswer, type Seen } from './act-out.ts';
import type { CallFault, FaultPlan } from './faults.ts';
import type { Gate } from './gate.ts';
import type { Invocation } from './invocation.ts';
import { nothing, type Timeline } from './timeline.ts';

/** What is told of every call, and asked about it. */
export interface CallWatch {
  /** One line of the trace. */
  trace(line: string): void;
  fault(fault: CallFault): void;
  before(name: string, args: readonly unknown[]): void;
  /** A stale answer of an index, in the place of a true one. */
  stale(name: string, value: unknown): unknown;
}

/** A gate for each invocation: virtual time passes, and the plan's faults are acted out. */
export function openCalls(timeline: Timeline, plan: FaultPlan, watch: CallWatch) {
  let sequence = 0;
  const lastAnswers = new Map<string, unknown>();

  const gateOf =
    (invocation: Invocation): Gate =>
    <Value>(name: string, args: readonly unknown[], effect: () => Promise<Value>): Promise<Value> => {
      sequence += 1;
      const { kind, id } = invocation;
      const fault = plan.decide({ kind, name, sequence, invocation: id });
      if (fault) watch.fault(fault);
      watch.trace(`${timeline.now} ${id} ${name}${fault ? ` (${fault})` : ''}`);
      const { promise, resolve, reject } = Promise.withResolvers<Value>();
      const see = (seen: Seen) =>
        invocation.go(() => {
          if (fault === 'killed after') return invocation.kill();
          if (fault === 'paused after') {
            invocation.pause(plan.pause());
            return invocation.go(() => ('error' in seen ? reject(seen.error) : resolve(seen.value as Value)));
          }
          if ('error' in seen) reject(seen.error);
          else resolve(seen.value as Value);
        });

      function act(): unknown {
        const other = instead(name, fault);
        if (other) return see(other);
        watch.before(name, args);
        const happening = effect();
        if (givesUp(name, fault)) {
          const most = name === 'seller.pay' ? Number(args[3]) : 8_000;
          const failed = fault === 'slow' ? 'timeout' : 'connection';
          timeline.after(fault === 'slow' ? most : plan.latency(name), () => see(noAnswer(name, failed)));
          return happening.catch(() => {});
        }
        let isOver = false;
        if (name === 'seller.pay')
          timeline.after(Number(args[3]), () => (isOver ? nothing : see(noAnswer(name, 'timeout'))));
        return happening.then(
          (value) => {
            isOver = true;
            const answer =
              fault === 'duplicated answer' ? (lastAnswers.get(String(args[0])) ?? value) : value;
            if (name === 'seller.pay') lastAnswers.set(String(args[0]), value);
            if (fault === 'stale index') return see({ value: watch.stale(name, value) });
            see(afterwards(name, fault, answer));
          },
          (error: Error) => see({ error }),
        );
      }

      timeline.after(plan.latency(name), () =>
        invocation.go(() => {
          if (fault === 'killed before') return invocation.kill();
          if (fault === 'paused before') {
            invocation.pause(plan.pause());
            return invocation.go(act);
          }
          act();
        }),
      );
      return promise;
    };

  return { gateOf, calls: () => sequence };
}

/** Waiting, as an invocation does it: it can die or oversleep like any call. */
export function sleeper(timeline: Timeline, invocation: Invocation) {
  return (milliseconds: number): Promise<void> =>
    new Promise((resolve) =>
      timeline.after(Math.max(Math.ceil(milliseconds), 0), () => invocation.go(resolve)),
    );
}
