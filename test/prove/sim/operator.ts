import { record } from '../../../functions/record.ts';
import { noFinality, tooOften, tooOld, tooWide } from '../../../infra/local/chain/odd-answers.ts';
import {
  logLies,
  lyingLogs,
  type NodeManner,
  nothing,
  pruned,
  rangeLimited,
  rateLimited,
  untagged,
} from '../../../infra/local/chain/odd-manners.ts';
import { type Limits, limitsSchema } from '../../../shared/core/budget.ts';
import { scopesOf } from '../../../shared/core/switches.ts';
import type { WorldFault } from './faults.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Flips the switch that everything signed and sent depends on. */
export function flipStop(world: World, enabled: boolean): void {
  const signing = { enabled, reason: 'a drill', by: 'an operator', at: world.timeline.now };
  world.invoke('operator', () => world.control.writeSigning(signing));
}

/** Stops one caller, model or payee, or allows it again. */
export function turnSwitch(world: World, scope: string, enabled: boolean): void {
  const turned = { scope, enabled, reason: 'a drill', by: 'an operator', at: world.timeline.now };
  world.invoke('operator', () => world.control.writeSwitch(turned));
}

/** Raises or lowers what a day may cost. */
export function changeLimits(world: World, settled: Limits, by: number): void {
  world.invoke('operator', async () => {
    const before = (await world.control.readLimits()) ?? settled;
    const total = Math.max(before.total + by, 0);
    const next = limitsSchema.parse({ ...before, total, version: before.version + 1 });
    if (by < 0) world.watchdog.lowered.add('#total');
    world.watchdog.limited(next);
    await world.control.writeLimits(next);
  });
}

/** Takes a request back, as its caller would. */
export function cancelJob(world: World, jobId: string): void {
  world.invoke('operator', async (ports) => {
    const job = await ports.ledger.read(jobId);
    if (job) await record(ports, job, { type: 'cancelled', at: ports.clock() });
  });
}

/** One thing that happens to the deployment from outside. */
export function meddle(world: World, random: Random, limits: Limits, fault: WorldFault): unknown {
  const { chain, seller, timeline, watchdog } = world;
  const ids = [...watchdog.jobs.keys()];
  switch (fault) {
    case 'blocks replaced':
      return chain.reorganise(random.between(1, 30), () => random.chance(0.7));
    case 'finality stalled':
      chain.stalled = true;
      return timeline.after(random.between(60, 900) * 1000, () => {
        chain.stalled = false;
      });
    case 'seller down':
      seller.isDown = true;
      return timeline.after(random.between(5, 200) * 1000, () => {
        seller.isDown = false;
      });
    case 'cancelled on chain': {
      // What is cancelled after its window, before anybody looks, is shown by no block that is searched for it.
      if (!world.hasNodes()) return;
      const live = seller.posts.map(({ nonce }) => nonce).filter((nonce) => !chain.isUsed(nonce));
      if (live.length > 0) void chain.cancel(random.pick(live));
      return;
    }
    case 'stop flipped':
      flipStop(world, false);
      return timeline.after(random.between(1, 400) * 1000, () => flipStop(world, true));
    case 'switch turned': {
      const job = ids.length > 0 ? watchdog.jobs.get(random.pick(ids)) : undefined;
      if (!job) return;
      const scope = random.pick(scopesOf(job));
      turnSwitch(world, scope, false);
      return timeline.after(random.between(1, 400) * 1000, () => turnSwitch(world, scope, true));
    }
    case 'limits changed':
      return changeLimits(world, limits, random.pick([-60_000, -30_000, 30_000, 90_000]));
    case 'job cancelled':
      return ids.length > 0 ? cancelJob(world, random.pick(ids)) : undefined;
    case 'money received':
      return chain.receive(BigInt(random.between(1, 90_000)));
    default: {
      const manner = oddManners[fault]?.(random);
      if (!manner) return;
      const name = random.pick(['node1', 'node2']);
      world.manners.set(name, manner);
      return timeline.after(random.between(300, 1_500) * 1000, () => world.manners.delete(name));
    }
  }
}

/** How a node can be odd for a while. */
const oddManners: Partial<Record<WorldFault, (random: Random) => NodeManner>> = {
  'node limits ranges': (random) => rangeLimited(random.pick([10, 60, 100]), random.pick(tooWide)),
  'node limits calls': (random) => rateLimited(random.pick([2, 3, 9]), random.pick(tooOften)),
  'node forgets state': (random) => pruned(random.pick(tooOld)),
  'node answers nothing': (random) =>
    nothing(random.pick(['eth_getBlockByNumber', 'eth_getLogs', 'eth_call'] as const)),
  'node names no final block': (random) => untagged(random.pick(noFinality)),
  'node shows removed logs': () => lyingLogs('removed logs'),
  'node shows other logs': (random) => lyingLogs(random.pick(logLies)),
};
