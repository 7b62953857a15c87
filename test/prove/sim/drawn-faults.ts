import { type CallFault, type FaultPlan, portFaults, processFaults, type WorldFault } from './faults.ts';
import type { Random } from './random.ts';
import type { QueueWhims } from './sim-queue.ts';
import type { WorkflowWhims } from './sim-workflows.ts';

/** How a schedule's faults are drawn. */
export interface Weather {
  /** Of every call, how many suffer something. */
  readonly intensity: number;
  /** False from the step on at which all trouble ends. */
  readonly isStormy: () => boolean;
  readonly happened: (fault: CallFault | WorldFault) => void;
}

/** Made once or twice for each picture. */
const isRare = (name: string): boolean =>
  name === 'seller.pay' || name === 'downloads.get' || name.startsWith('wallet.');

/** Faults of calls, drawn from the seed. */
export function drawnFaults(random: Random, { intensity, isStormy }: Weather): FaultPlan {
  return {
    decide({ name }) {
      if (!isStormy() || !random.chance(intensity * (isRare(name) ? 4 : 1))) return undefined;
      const own = portFaults(name);
      return own.length === 0 || random.chance(0.35) ? random.pick(processFaults) : random.pick(own);
    },
    latency(name) {
      if (name.startsWith('ledger.')) return random.between(3, 25);
      if (name.startsWith('wallet.')) return random.between(10, 120);
      return random.between(5, 300);
    },
    pause: () => 1000 * (random.chance(0.5) ? random.between(1, 60) : random.between(60, 900)),
  };
}

/** What queue and state machine do of their own accord, drawn from the seed. */
export function drawnWhims(random: Random, weather: Weather): QueueWhims & WorkflowWhims {
  const happens = (fault: WorldFault, times: number): boolean => {
    if (!weather.isStormy() || !random.chance(Math.min(weather.intensity * times, 0.5))) return false;
    weather.happened(fault);
    return true;
  };
  return {
    copies: () => (happens('message copied', 2) ? random.between(1, 3) : 0),
    delay: () => (happens('message delayed', 2) ? random.between(1_000, 90_000) : random.between(5, 800)),
    lapse: () => (happens('visibility lapsed', 2) ? random.between(500, 40_000) : undefined),
    keeps: () => happens('deletion lost', 2),
    twice: () => happens('task run twice', 2),
    abortsAfter: () => (happens('execution aborted', 2) ? random.between(1, 30) : undefined),
  };
}
