import type { SqsMessage, SqsQueue } from './fauxqs-engine.ts';

/** More than this part of what is in flight, or of the recent time of work, makes a group noisy. */
const noisyShare = 0.1;
/** Of its share of what is in flight, when it has so many there itself. */
const noisyInFlight = 30;
/** "Recent" is said nowhere; a group that had nothing in flight for five minutes is quiet, so that it is no more. */
const recentMilliseconds = 5 * 60_000;

type Group = string | undefined;
type Work = { readonly group: Group; readonly since: number; readonly until: number };

/**
 * Makes a standard queue fair: messages of quiet groups are received before those of noisy ones, and of noisy ones those
 * first whose group has the fewest in flight. Nothing is held back, and otherwise the oldest comes first. A message
 * without a group is a group of its own.
 *
 * SQS developer guide, "How Amazon SQS fair queues work" (sqs-fair-queues-detailed). There the figures are approximate
 * and nothing is promised of how soon a group is found noisy; here it is at once.
 */
export function makeFair(queue: SqsQueue, groupOf: (message: SqsMessage) => Group): void {
  const working = new Map<string, Omit<Work, 'until'>>();
  let worked: Work[] = [];

  function end(receiptHandle: string, until: number): void {
    const work = working.get(receiptHandle);
    if (work && working.delete(receiptHandle)) worked.push({ ...work, until });
  }

  /** What groups have in flight and have had of the recent time of work; under `undefined`, all together. */
  function look(now: number): Record<'inFlight' | 'time', Map<Group, number>> {
    for (const handle of working.keys()) if (!queue.inflightMessages.has(handle)) end(handle, now);
    const from = now - recentMilliseconds;
    worked = worked.filter(({ until }) => until > from);
    const [inFlight, time] = [new Map<Group, number>(), new Map<Group, number>()];
    const add = (to: typeof time, group: Group, amount: number): void => {
      for (const one of new Set([group, undefined])) to.set(one, (to.get(one) ?? 0) + amount);
    };
    for (const { group } of working.values()) add(inFlight, group, 1);
    for (const { group, since, until } of [
      ...worked,
      ...[...working.values()].map((work) => ({ ...work, until: now })),
    ])
      add(time, group, until - Math.max(since, from));
    return { inFlight, time };
  }

  /** Puts first whatever is received first of so many. */
  function arrange(most: number): void {
    const { inFlight, time } = look(Date.now());
    const share = (of: typeof time, group: Group): number => (of.get(group) ?? 0) / (of.get(undefined) || 1);
    const isNoisy = (group: Group): boolean =>
      group !== undefined &&
      (share(time, group) > noisyShare ||
        ((inFlight.get(group) ?? 0) >= noisyInFlight && share(inFlight, group) > noisyShare));

    const groups = Map.groupBy(queue.messages, groupOf);
    const noisy = [...groups].filter(([group]) => isNoisy(group));
    if (noisy.length === 0 || groups.size === 1) return;
    const loud = new Set(noisy.map(([group]) => group));
    const first = queue.messages.filter((message) => !loud.has(groupOf(message))).slice(0, most);
    const counts = noisy.map(([group, messages]) => ({
      messages: messages.values(),
      count: inFlight.get(group) ?? 0,
    }));
    while (first.length < most && counts.length > 0) {
      const fewest = counts.reduce((least, one) => (one.count < least.count ? one : least));
      const { value } = fewest.messages.next();
      fewest.count += 1;
      if (value) first.push(value);
      else counts.splice(counts.indexOf(fewest), 1);
    }
    const chosen = new Set(first);
    queue.messages = [...first, ...queue.messages.filter((message) => !chosen.has(message))];
  }

  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (most, ...how) => {
    queue.processTimers();
    if (queue.messages.length > 0) arrange(most);
    const received = dequeue(most, ...how);
    const since = Date.now();
    for (const { ReceiptHandle: handle } of received) {
      const entry = queue.inflightMessages.get(handle);
      if (entry) working.set(handle, { group: groupOf(entry.message), since });
    }
    return received;
  };
  const deleteMessage = queue.deleteMessage.bind(queue);
  queue.deleteMessage = (handle) => {
    end(handle, Date.now());
    return deleteMessage(handle);
  };
}
