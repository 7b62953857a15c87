import { cost } from './count/cost.ts';
import type { Part } from './part.ts';
import { peers } from './peers/peers.ts';

/** Every part of the bench, in the order in which they are run. */
export const parts: readonly Part[] = [cost, peers];
