import type { Suite } from '../suite.ts';
import { crash } from './crash.ts';
import { determinism } from './determinism.ts';
import { load } from './load.ts';
import { peer } from './peer.ts';
import { race } from './race.ts';
import { sim } from './sim.ts';

/** What the simulator proves; the comparison with a peer is apart, since it needs a chain and real time. */
export const simSuites: readonly Suite[] = [sim, determinism, crash, race, load];

/** Only when it is asked for. */
export const peerSuites: readonly Suite[] = [peer];
