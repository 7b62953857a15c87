import { budget } from './budget/budget.ts';
import { cost } from './count/cost.ts';
import { growth } from './load/growth.ts';
import { load } from './load/load.ts';
import type { Part } from './part.ts';
import { peers } from './peers/peers.ts';

/** Every part of the bench, in the order in which they are run. */
export const parts: readonly Part[] = [cost, peers, load, growth, budget];
