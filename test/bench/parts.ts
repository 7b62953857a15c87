import { budget } from './budget/budget.ts';
import { cold } from './cold/cold.ts';
import { cost } from './count/cost.ts';
import { fair } from './load/fair.ts';
import { growth } from './load/growth.ts';
import { load } from './load/load.ts';
import type { Part } from './part.ts';
import { instant, peers } from './peers/peers.ts';

/** Every part of the bench, in the order in which they are run. */
export const parts: readonly Part[] = [cost, peers, instant, load, fair, growth, budget, cold];
