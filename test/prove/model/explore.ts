import type { Design } from './design.ts';
import { Graph } from './graph.ts';
import { broken, isOver } from './invariants.ts';
import type { Rule } from './rule.ts';
import { sellerRules } from './seller-rules.ts';
import { highOf, initial, lowOf, type State, unpack, workers } from './state.ts';
import { StateSet } from './state-set.ts';
import { workerRules } from './worker-rules.ts';
import { worldRules } from './world-rules.ts';

export const rules: readonly Rule[] = [
  ...workers.flatMap((worker) => [...workerRules(worker), ...sellerRules(worker)]),
  ...worldRules,
];

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Of the longest shortest way to a state. */
  readonly depth: number;
  readonly over: number;
  /** What was broken first, and the shortest way there. */
  readonly violation?: { readonly what: string; readonly trace: readonly string[] };
  /** The first state from which nothing that happens by itself leads to an end, and how many there are. */
  readonly deadEnds: number;
  readonly deadEnd?: readonly string[];
}

/**
 * Looks at every state that a design can get into, nearest first, and then asks of each whether it can still come to
 * an end by fair steps alone.
 * @param progress told of the number of states now and then
 * @param only looks for this invariant alone, such as `I1`, past what else is broken on the way
 */
export function explore(
  design: Design,
  progress: (states: number) => void = () => {},
  only = '',
): Exploration {
  const found = new StateSet();
  const graph = new Graph();
  const state = initial(design.bounds.crashes, design.bounds.reorgs);
  found.add(lowOf(state), highOf(state));
  graph.reached(0, 0, 0);
  let transitions = 0;
  let violation: { what: string; at: number } | undefined;

  for (let at = 0; at < found.size && !violation; at += 1) {
    if (at % 50_000 === 0) progress(found.size);
    const scratch = unpack(found.low(at), found.high(at));
    for (let index = 0; index < rules.length; index += 1) {
      const rule = rules[index] as Rule;
      rule.steps(scratch, design, (next: State, breach?: string) => {
        transitions += 1;
        const size = found.size;
        const to = found.add(lowOf(next), highOf(next));
        if (to === size) graph.reached(to, at, index);
        if (rule.fair) graph.leads(at, to);
        const what = [breach, to === size ? broken(next) : undefined].find((one) => one?.startsWith(only));
        if (what !== undefined && !violation) {
          violation = { what, at: to };
          if (to !== size) graph.reached(to, at, index);
        }
      });
    }
  }
  const counts = { states: found.size, transitions, depth: graph.depth };
  if (violation)
    return {
      ...counts,
      over: 0,
      deadEnds: 0,
      violation: { what: violation.what, trace: named(graph.way(violation.at)) },
    };
  const over = new Uint8Array(found.size);
  for (let at = 0; at < found.size; at += 1) over[at] = isOver(unpack(found.low(at), found.high(at))) ? 1 : 0;
  const { count, first } = graph.stranded(over);
  return {
    ...counts,
    over: over.reduce((sum, one) => sum + one, 0),
    deadEnds: count,
    ...(first !== undefined && { deadEnd: named(graph.way(first)) }),
  };
}

const named = (way: readonly number[]): string[] => way.map((index) => rules[index]?.name ?? '');
