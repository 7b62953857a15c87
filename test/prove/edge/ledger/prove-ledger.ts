import { canonical } from '../../../../shared/core/canonical.ts';
import type { Proven, Proving, Suite } from '../../suite.ts';
import { chanceFrom } from '../chance.ts';
import { newTally, sized, type Tally } from '../tally.ts';
import { type Command, drawCommand, readEverything } from './commands.ts';
import { newScene, type Scene } from './scene.ts';
import { openDynamoDbLocal, openEmbedded, openFake, type Store } from './stores.ts';

const together = 25;

/** An answer in one text; of what was thrown, that it was: the two word their errors each in their way. */
async function answerOf(command: Command, store: Store): Promise<{ shown: string; answer?: unknown }> {
  try {
    const answer = await command.on(store);
    return { shown: answer === undefined ? 'nothing' : canonical(answer), answer };
  } catch (error) {
    return {
      shown:
        (error as Error).name === 'Defect' || (error as Error).name === 'Error' ? 'refused' : String(error),
    };
  }
}

/** Gives one command to each store, and compares what they say. */
async function compare(
  tally: Tally,
  name: string,
  command: Command,
  [reference, ...others]: readonly Store[],
): Promise<boolean> {
  if (!reference) return true;
  const said = await answerOf(command, reference);
  for (const store of others) {
    const other = await answerOf(command, store);
    if (other.shown === said.shown) continue;
    tally.breach(
      `${name}: ${command.says}: ${reference.name} says ${said.shown.slice(0, 300)}, ${store.name} ${other.shown.slice(0, 300)}`,
    );
    return false;
  }
  if (said.answer !== undefined) command.learn?.(said.answer);
  if (command.says.startsWith('write '))
    tally.count(typeof said.answer === 'string' ? `said ${said.answer}` : 'said otherwise');
  return true;
}

/** A few cases that share a table: what belongs to all of them, as the list of what is due, is compared as well. */
async function playTogether(tally: Tally, seed: number, from: number, until: number): Promise<void> {
  const local = process.env.DYNAMODB_LOCAL;
  const stores = [openFake(), await openEmbedded(), ...(local ? [await openDynamoDbLocal(local)] : [])];
  let ticks = 0;
  const tick = () => {
    ticks += 1;
    return ticks;
  };
  try {
    for (let index = from; index < until; index += 1) {
      const name = `case ${index} of seed ${seed}`;
      const scene = newScene(chanceFrom(seed, 'ledger', index), `c${index}`, tick);
      await tally.each(name, () => playOne(tally, name, scene, stores));
      tally.count('cases');
    }
  } finally {
    for (const store of stores) await store.close();
  }
}

async function playOne(tally: Tally, name: string, scene: Scene, stores: readonly Store[]): Promise<void> {
  const said = { enabled: true, reason: 'a new case', by: 'the proof', at: 0 };
  for (const { control } of stores) await control.writeSigning(said);
  for (let left = scene.chance.between(4, 12); left > 0; left -= 1) {
    tally.count('commands');
    if (!(await compare(tally, name, drawCommand(scene, scene.name), stores))) return;
  }
  // Each row costs as much as a command; half of the cases are enough to see one that differs.
  for (const row of scene.chance.odds(0.5) ? readEverything(scene) : []) {
    tally.count('rows');
    await compare(tally, name, row, stores);
  }
}

/** Plays so many cases, each of some commands on rows of its own, on every store at once. */
export async function proveLedger({ seed, progress }: Omit<Proving, 'size'>, cases: number): Promise<Proven> {
  const tally = newTally();
  for (let from = 0; from < cases; from += together) {
    await playTogether(tally, seed, from, Math.min(from + together, cases));
    progress(from, cases);
  }
  return tally.proven();
}

export const ledger: Suite = {
  name: 'ledger',
  claim:
    'The ledger in memory, on which most tests stand, and the ledger on DynamoDB give the same answers, the same refusals and the same rows.',
  zero: ['answers that differ', 'rows that differ'],
  prove: (proving) => proveLedger(proving, sized(proving, 800, 200)),
};
