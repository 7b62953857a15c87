/**
 * Wakes what is overdue, so many at once, in the order that it was given: one's trouble is never another's.
 * @param wake says whether there still was something to wake
 * @param word what was not done to those that failed
 * @returns how many were woken
 * @throws AggregateError when some were not, after all the others were
 */
export async function wakeAll(
  ids: readonly string[],
  atOnce: number,
  wake: (id: string) => Promise<boolean>,
  word: string,
): Promise<number> {
  const failures: Error[] = [];
  let woken = 0;
  const waiting = [...ids];
  while (waiting.length > 0) {
    for (const outcome of await Promise.allSettled(waiting.splice(0, atOnce).map(wake))) {
      if (outcome.status === 'rejected') failures.push(outcome.reason as Error);
      else if (outcome.value) woken += 1;
    }
  }
  if (failures[0])
    throw new AggregateError(failures, `${failures.length} not ${word}, first: ${failures[0].message}`);
  return woken;
}
