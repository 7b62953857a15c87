/** What a day's row looks like to reservations that come at a rate, if two that overlap in time refuse each other. */
export interface Contended {
  /** Transactions that were begun for one reservation. */
  readonly tries: number;
  /** Of all reservations, those that found no gap and are left to the next delivery. */
  readonly givenUp: number;
  /** Milliseconds from the first try to the last answer, in the middle. */
  readonly medianMilliseconds: number;
}

/** The ledger's own pauses and patience (`shared/aws/dynamodb.ts`). */
const pauseMilliseconds = 5;
const mostTries = 12;

/**
 * Plays reservations on one row, as DynamoDB documents it: a transaction that meets another one on the same item in flight
 * is refused (TransactionConflict), and whoever is refused tries again after a pause that grows.
 * @param perSecond how many come, evenly at random
 * @param inFlightMilliseconds for so long a transaction holds its items
 * @param random from 0 up to 1
 */
export function playContention(
  perSecond: number,
  inFlightMilliseconds: number,
  seconds: number,
  random: () => number,
): Contended {
  const queue = Array.from({ length: perSecond * seconds }, () => {
    const at = random() * seconds * 1000;
    return { at, begunAt: at, tries: 0 };
  });
  queue.sort((a, b) => a.at - b.at);
  const waits: number[] = [];
  let [heldUntil, tries, givenUp] = [Number.NEGATIVE_INFINITY, 0, 0];
  const reservations = queue.length;
  for (let one = queue.shift(); one; one = queue.shift()) {
    one.tries += 1;
    tries += 1;
    if (one.at >= heldUntil) {
      heldUntil = one.at + inFlightMilliseconds;
      waits.push(heldUntil - one.begunAt);
      continue;
    }
    if (one.tries === mostTries) {
      givenUp += 1;
      continue;
    }
    // The refusal takes as long to come as an answer would.
    one.at += inFlightMilliseconds / 2 + one.tries * pauseMilliseconds;
    const place = queue.findIndex(({ at }) => at > one.at);
    queue.splice(place < 0 ? queue.length : place, 0, one);
  }
  waits.sort((a, b) => a - b);
  return {
    tries: tries / reservations,
    givenUp: givenUp / reservations,
    medianMilliseconds: waits[Math.floor(waits.length / 2)] ?? Number.NaN,
  };
}
