import type { Suite } from '../suite.ts';
import { chainErrors } from './chain-errors.ts';
import { exposureErrors } from './exposure-errors.ts';
import { headerErrors } from './header-errors.ts';
import { localErrors } from './local-errors.ts';
import { moneyErrors } from './money-errors.ts';
import type { Mutant } from './mutant.ts';
import { type Overlay, openOverlay } from './overlay.ts';
import { pollErrors } from './poll-errors.ts';
import { openTestRunner, type TestRun, type TestRunner } from './run-tests.ts';
import { sellerErrors } from './seller-errors.ts';
import { signingErrors } from './signing-errors.ts';
import { svgErrors } from './svg-errors.ts';
import { tempoErrors } from './tempo-errors.ts';
import { uploadErrors } from './upload-errors.ts';
import { wireErrors } from './wire-errors.ts';
import { withdrawalErrors } from './withdrawal-errors.ts';
import { writingErrors } from './writing-errors.ts';

export const every: readonly Mutant[] = [
  ...signingErrors,
  ...exposureErrors,
  ...writingErrors,
  ...moneyErrors,
  ...sellerErrors,
  ...tempoErrors,
  ...pollErrors,
  ...withdrawalErrors,
  ...svgErrors,
  ...wireErrors,
  ...chainErrors,
  ...localErrors,
  ...uploadErrors,
  ...headerErrors,
].toSorted((a, b) => a.name.localeCompare(b.name));

/** So many are built at every push; all of them for the figures. */
const sampled = 5;

/** Design errors built into a copy of the real code, one at a time; some test must fail on each. */
export const mutants: Suite = {
  name: 'mutants',
  claim: `The tests see each of ${every.length} design errors when it is built into the real code.`,
  zero: ['errors that no test sees', 'tests that fail without one'],
  async prove({ seed, size, progress }) {
    const chosen = size === 'full' ? every : sample(every, sampled, seed);
    const overlay = openOverlay();
    const runner = await openTestRunner(overlay.folder);
    const violations: string[] = [];
    const notes: string[] = [];
    let killed = 0;
    try {
      progress(0, chosen.length + 1);
      const { passed, failed } = await runHealthy(runner, chosen);
      if (failed !== undefined)
        return { counts: { built: 0 }, violations: [`without any error, ${failed} fails`] };
      for (const [index, mutant] of chosen.entries()) {
        progress(index + 1, chosen.length + 1);
        const failed = await killerOf(overlay, runner, mutant);
        if (failed === undefined) violations.push(`${mutant.name} survives: ${mutant.error}`);
        else killed += 1;
        notes.push(
          `${mutant.name} ${mutant.error}: ${failed === undefined ? 'SURVIVES' : `killed by ${failed}`}`,
        );
      }
      const counts = { built: chosen.length, killed, 'tests without error': passed };
      return { counts, violations, notes };
    } finally {
      await runner.close();
      overlay.remove();
    }
  },
};

/** Runs everything that is to fail on some error once without any, as it will be run. */
async function runHealthy(runner: TestRunner, chosen: readonly Mutant[]): Promise<TestRun> {
  const runs = new Map(
    chosen.map(({ killers, title }) => [JSON.stringify([killers, title]), { killers, title }]),
  );
  let passed = 0;
  for (const { killers, title } of runs.values()) {
    const run = await runner.run(killers, title);
    passed += run.passed;
    if (run.failed !== undefined) return { passed, failed: run.failed };
    if (run.passed === 0) return { passed, failed: `${killers.join(', ')} has no test "${title}": it` };
  }
  return { passed };
}

/** The test that fails on an error. */
async function killerOf(
  overlay: Overlay,
  runner: TestRunner,
  { edits, killers, title }: Mutant,
): Promise<string | undefined> {
  const heal = overlay.spoil(edits);
  const spoiled = edits.map(({ file }) => file);
  runner.changed(spoiled);
  try {
    return (await runner.run(killers, title)).failed;
  } finally {
    heal();
    runner.changed(spoiled);
  }
}

/** Some of many, drawn from a seed, in their own order. */
export function sample<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  // Seeds that are neighbours must not draw alike, so each place is mixed with the seed anew.
  const ranked = items.map((item, index) => ({ item, index, rank: mixed(mixed(seed) + index) }));
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ item }) => item);
}

/** Spreads a number over 32 bits, each of which depends on every one of its own. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
