import { dayOf, type Limits, limitsSchema } from '../../../../shared/core/budget.ts';
import { type Chance, chanceFrom } from '../chance.ts';
import type { Store } from '../ledger/stores.ts';
import type { Tally } from '../tally.ts';
import { later, reserve, type Till, takeIn } from './till.ts';

const price = 20_000;
/** Five minutes before a midnight, in UTC. */
const late = Date.parse('2027-01-15T23:55:00Z');

const limitsOf = (slots: number, version: number): Limits =>
  limitsSchema.parse({
    total: slots * price,
    exposurePerPayee: 1_000_000,
    exposureUsdPerPayee: 1e12,
    version,
  });

/** So many purchases at once; how many of them were let through. */
async function crowd(till: Till, chance: Chance, many: number, limits: Limits): Promise<number> {
  const jobs = await Promise.all(Array.from({ length: many }, () => takeIn(till, chance, 'AIDACROWD')));
  const taken = await Promise.all(jobs.map((job) => reserve(till, job, limits, price)));
  return taken.filter(({ outcome }) => outcome === 'written').length;
}

/** Many at once for few places, at midnight, and while the limit is moved: exactly as many as there are places. */
export async function runRaces(
  tally: Tally,
  store: Store,
  seed: number,
  { many, places }: { many: number; places: number },
): Promise<void> {
  const chance = chanceFrom(seed, 'races', store.name);
  const till: Till = { store, clock: { now: late } };
  const expect = (what: string, got: number | undefined, wanted: number): void => {
    tally.count('raceChecks');
    if (got !== wanted) tally.breach(`${what} on ${store.name}, seed ${seed}: ${got}, not ${wanted}`);
  };
  const { control } = store;
  await control.writeSigning({ enabled: true, reason: 'a race', by: 'the proof', at: late });

  let limits = limitsOf(places, 1);
  await control.writeLimits(limits);
  expect(`${many} purchases for ${places} places`, await crowd(till, chance, many, limits), places);
  tally.count('raced', many);
  const today = `${dayOf(late)}#total`;
  expect('what remains of the day', (await control.readBudget(today))?.remaining, 0);

  // At midnight: those of before and those of after, all at once, each from the day it is to them.
  const eve: Till = { store, clock: { now: late + 4 * 60_000 } };
  const morning: Till = { store, clock: { now: late + 6 * 60_000 } };
  const [old, fresh] = await Promise.all([
    crowd(eve, chance, places, limits),
    crowd(morning, chance, places * 2, limits),
  ]);
  expect('purchases of a day that is used up', old, 0);
  expect('purchases of the new day', fresh, places);

  // What is given back after midnight goes back to the day it came from.
  const tomorrow = `${dayOf(morning.clock.now)}#total`;
  const [yesterdays] = (
    await Promise.all((await store.ledger.openAuthorizations(1)).map(store.ledger.read))
  ).flatMap((job) => job ?? []);
  if (yesterdays) await later.refuse(morning, yesterdays);
  const day = `${yesterdays?.purchase?.reservedDay}#total`;
  expect('given back to its own day', (await control.readBudget(day))?.remaining, price);
  const other = day === today ? tomorrow : today;
  expect('given back to another day', (await control.readBudget(other))?.remaining, 0);

  // Raised: exactly so many more. Lowered below what is used: none, and no money is lost from the sum.
  limits = limitsOf(places + 5, 2);
  await control.writeLimits(limits);
  const wanted = day === tomorrow ? 6 : 5;
  expect('places after the limit was raised', await crowd(morning, chance, places, limits), wanted);
  limits = limitsOf(1, 3);
  await control.writeLimits(limits);
  expect('places after the limit was lowered', await crowd(morning, chance, 10, limits), 0);
  const row = await control.readBudget(tomorrow);
  expect('the sum of a lowered row', row && row.remaining + row.held + row.committed, price);
}
