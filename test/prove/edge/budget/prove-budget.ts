import type { Proven, Proving, Suite } from '../../suite.ts';
import { openEmbedded, openFake } from '../ledger/stores.ts';
import { newTally, sized } from '../tally.ts';
import { playCommands } from './commands.ts';
import { runRaces } from './races.ts';

interface Amounts {
  readonly runs: number;
  readonly commands: number;
  /** Of the runs, as many on the embedded DynamoDB; the others on the fake, which the ledger suite holds to it. */
  readonly embedded: { readonly runs: number; readonly commands: number };
  readonly race: { readonly many: number; readonly places: number };
}

/** Plays commands against the integer model, and races, on both ledgers. */
export async function proveBudget(
  { seed, progress }: Omit<Proving, 'size'>,
  amounts: Amounts,
): Promise<Proven> {
  const tally = newTally();
  const { runs, commands, embedded, race } = amounts;
  for (let run = 0; run < runs; run += 1) {
    const isEmbedded = run < embedded.runs;
    const store = isEmbedded ? await openEmbedded() : openFake();
    try {
      await playCommands(tally, store, seed, run, isEmbedded ? embedded.commands : commands);
    } finally {
      await store.close();
    }
    tally.count('runs');
    progress(run, runs);
  }
  for (const open of [openFake, openEmbedded]) {
    const store = await open();
    try {
      await runRaces(tally, store, seed, race);
    } finally {
      await store.close();
    }
  }
  return tally.proven();
}

export const budget: Suite = {
  name: 'budget',
  claim:
    'Whoever reserves, pays, gives back, stops or changes limits at once with others: what remains, is held and is spent adds up to the limit, and never one unit more is reserved.',
  zero: ['units above a limit', 'rows that do not add up', 'reservations while stopped'],
  prove: (proving) =>
    proveBudget(proving, {
      runs: sized(proving, 52, 5),
      commands: sized(proving, 2_000, 200),
      embedded: sized(proving, 1, 0) ? { runs: 2, commands: 400 } : { runs: 1, commands: 80 },
      race: sized(proving, 1, 0) ? { many: 1_000, places: 100 } : { many: 200, places: 20 },
    }),
};
