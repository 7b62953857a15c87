import type { Proven, Proving, Suite } from '../suite.ts';
import type { Bounds, Design } from './design.ts';
import { type DesignError, errors } from './errors.ts';
import { type Exploration, explore } from './explore.ts';

const twice: Bounds = { lastTick: 3, crashes: 0, reorgs: 1, generations: 2, switches: false };
const once: Bounds = { lastTick: 3, crashes: 0, reorgs: 0, generations: 1, switches: true };

/** Each is looked at to its last state. */
export const sizes: Readonly<Record<Proving['size'], readonly Bounds[]>> = {
  quick: [twice, once],
  full: [
    { ...twice, crashes: 1 },
    { ...once, crashes: 1, reorgs: 1 },
  ],
};

/** About how many states there are, for those who wait. */
const expected = { quick: 1_400_000, full: 4_200_000 } as const;

/** Nothing is drawn by chance here: every state is looked at, whatever the seed. */
export const model: Suite = {
  name: 'model',
  claim: 'The design pays once, whatever order two workers, a seller, a chain and crashes act in.',
  zero: ['second payments', 'unheld money', 'second ends', 'dead ends', 'wrong designs that pass'],
  prove: async (proving) => {
    const counts: Record<string, number> = { states: 0, transitions: 0, deepest: 0 };
    const violations: string[] = [];
    for (const bounds of sizes[proving.size]) {
      const before = counts.states ?? 0;
      const told = (states: number) => proving.progress(before + states, expected[proving.size]);
      const found = explore({ bounds, wrong: {} }, told);
      counts.states = before + found.states;
      counts.transitions = (counts.transitions ?? 0) + found.transitions;
      counts.deepest = Math.max(counts.deepest ?? 0, found.depth);
      violations.push(...complaints(found));
    }
    return caught(counts, violations, proving);
  },
};

/** What is wrong with a design that was looked at. */
export function complaints({ violation, deadEnds, deadEnd }: Exploration): string[] {
  if (violation) return [`${violation.what}: ${violation.trace.join('; ')}`];
  if (deadEnds === 0) return [];
  return [`${deadEnds} states lead to no end, the first: ${deadEnd?.join('; ')}`];
}

/** The length of the shortest way into trouble of a design that is wrong; undefined when it gets into none. */
export function stepsTo({ wrong, needsSwitch }: DesignError, only?: string): number | undefined {
  const design: Design = { bounds: needsSwitch ? once : twice, wrong };
  const { violation, deadEnd } = explore(design, undefined, only);
  return (violation?.trace ?? deadEnd)?.length;
}

function caught(counts: Record<string, number>, violations: string[], { progress, size }: Proving): Proven {
  let found = 0;
  for (const error of errors) {
    progress(expected[size] - errors.length + found, expected[size]);
    const steps = stepsTo(error);
    if (steps === undefined) violations.push(`the wrong design "${error.name}" passes`);
    else {
      found += 1;
      counts[`steps to: ${error.name}`] = steps;
    }
    if (!error.paysTwice) continue;
    const both = stepsTo(error, 'I1');
    if (both === undefined) violations.push(`the wrong design "${error.name}" is not seen to pay twice`);
    else counts[`steps to a second payment: ${error.name}`] = both;
  }
  counts['wrong designs caught'] = found;
  return { counts, violations };
}
