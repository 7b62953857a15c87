import fc from 'fast-check';
import { railNames } from '../../../shared/core/policy.ts';
import type { Proven, Suite } from '../suite.ts';
import { type Command, race as raceOnce } from './race-run.ts';

const length = 40;
const sizes = { quick: 60, full: 500 } as const;

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      isEdit: fc.boolean(),
      caller: fc.integer({ min: 0, max: 2 }),
      behaviour: fc.nat(40),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver' as const), job: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), job: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('sweep' as const, 'look' as const) }) },
  // The same few amounts: what is asked for twice is one withdrawal while it is open.
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('withdraw' as const),
      thousandths: fc.constantFrom(20, 300, 900),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('submit' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('limit' as const),
      by: fc.constantFrom(-60_000, -30_000, 30_000, 60_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('stop' as const, 'resume' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 5, 40, 400) }),
  },
);

/** Lets so many runs of forty commands race. */
export async function raceOften(
  seed: number,
  runs: number,
  progress: (done: number, total: number) => void,
): Promise<Proven> {
  let done = 0;
  let calls = 0;
  let settled = 0;
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(command, { minLength: length, maxLength: length }),
    fc.array(fc.nat(24), { minLength: length, maxLength: length }),
    fc.constantFrom(...railNames),
    async (scheduler, commands, lags, rail) => {
      const { violations, settlements } = await raceOnce(scheduler, commands, lags, rail);
      done += 1;
      settled += settlements;
      calls += scheduler.report().length;
      progress(Math.min(done, runs), runs);
      if (violations[0] !== undefined) throw new Error(violations[0]);
    },
  );
  const { failed, counterexamplePath, errorInstance } = await fc.check(property, { seed, numRuns: runs });
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return {
    counts: { runs: done, commands: done * length, orderedCalls: calls, settlements: settled },
    violations: failed ? [`seed ${seed}, path ${counterexamplePath}: ${message}`] : [],
  };
}

export const race: Suite = {
  name: 'race',
  claim:
    'Deliveries, sweeps, cancellations, withdrawals, looks at the chain, changed limits and stops may overtake each other at every call: nothing happens that a plain model forbids.',
  zero: ['departures from the model'],
  prove: ({ seed, size, progress }) => raceOften(seed, sizes[size], progress),
};
