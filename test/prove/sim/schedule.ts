import { createHash, type Hash } from 'node:crypto';
import { type Limits, limitsSchema } from '../../../shared/core/budget.ts';
import { type Behaviour, everyBehaviour } from './behaviours.ts';
import { arrivals } from './clients.ts';
import { drawnFaults, drawnWhims } from './drawn-faults.ts';
import { type CallFault, type WorldFault, worldFaults } from './faults.ts';
import { checkEnd } from './final-check.ts';
import { walletAddress } from './keyed-wallet.ts';
import { flipStop, meddle, turnSwitch } from './operator.ts';
import { type Random, randomFrom } from './random.ts';
import { runToRest } from './run-to-rest.ts';
import { everyShowing } from './showings.ts';
import { pictureOf } from './sim-storage.ts';
import { moveMoney } from './treasurer.ts';
import { openWorld, type World } from './world.ts';
import { penniless } from './world-settings.ts';

/** What became of one schedule. */
export interface ScheduleReport {
  readonly seed: number;
  readonly jobs: number;
  readonly faults: number;
  readonly calls: number;
  readonly settlements: number;
  /** How often each status, transition, fault and behaviour was seen. */
  readonly seen: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  /** Of the trace: the same seed, the same hash. */
  readonly hash: string;
}

/** Everything must be at rest so long after the last fault, in virtual milliseconds. */
const patience = 4 * 3_600_000;
const midnight = Date.UTC(2027, 0, 16);
/** A seller that takes what is paid and gives nothing. */
const losing: readonly Behaviour[] = ['settles and makes no job', 'makes up its job ids'];
/** What can happen from outside; the other faults come with messages and tasks. */
const meddling: readonly WorldFault[] = worldFaults.slice(worldFaults.indexOf('blocks replaced'));

/**
 * Runs one schedule: a few requests of several callers, everything that can go wrong drawn from the seed for a while,
 * and then calm until all is at rest.
 * @param print told every line of the trace, for a replay
 */
export async function runSchedule(seed: number, print?: (line: string) => void): Promise<ScheduleReport> {
  const random = randomFrom(seed);
  const seen = new Map<string, number>();
  const counted = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  let faults = 0;
  const happened = (fault: CallFault | WorldFault): void => {
    faults += 1;
    counted(fault);
  };
  const hash = createHash('sha256');
  let lines = '';
  const trace = (line: string): void => {
    lines += line;
    if (lines.length > 20_000) {
      hash.update(lines);
      lines = '';
    }
    print?.(line);
  };

  const start = random.chance(0.3)
    ? midnight - random.between(10_000, 900_000)
    : midnight + random.between(0, 6e7);
  const calmAt = start + random.between(240, 2_400) * 1000;
  const intensity = random.pick([0.01, 0.02, 0.04, 0.08]);
  // Many lose their money at once: what stops a model, and then its payee.
  const isRuinous = random.chance(0.02);
  const jobs = isRuinous ? 20 : 1 + Math.floor(20 * random.unit() ** 6);
  const rail = random.chance(0.4) ? 'tempo' : 'x402';
  counted(`paid on ${rail}`);
  const isLate = random.chance(0.04);
  if (isLate) counted('a first look that begins late');
  let world: World | undefined;
  const isStormy = () => (world?.timeline.now ?? start) < calmAt;
  const weather = { intensity, isStormy, happened };
  const limits = drawnLimits(random, jobs);
  if (isRuinous) Object.assign(limits, { lossesPerHour: 1, exposurePerPayee: 50, total: 10_000_000 });
  const favourites = isRuinous ? losing : random.chance(0.3) ? [random.pick(everyBehaviour)] : everyBehaviour;
  world = openWorld({
    start,
    random,
    plan: drawnFaults(random, weather),
    whims: drawnWhims(random, weather),
    character: {
      drawShowing: () => {
        const showing = random.chance(0.5) ? 'shown plainly' : random.pick(everyShowing);
        counted(showing);
        return showing;
      },
      draw: (): Behaviour => {
        const behaviour = random.pick(favourites);
        counted(behaviour);
        return behaviour;
      },
      stageMilliseconds: random.pick([200, 1_000, 9_000]),
      renderMilliseconds: random.pick([3_000, 20_000, 90_000]),
      failing: random.pick([0, 0, 0.2]),
      hopping: random.pick([0, 0, 0.3]),
    },
    limits,
    funds: random.chance(0.2) ? BigInt(30_000 * random.between(1, jobs)) : 5_000_000n,
    chain: {
      // A clock that is wrong by more than a transaction lives would let none of them be settled.
      skewSeconds: rail === 'tempo' ? random.between(-20, 20) : random.between(-120, 120),
      finalLag: random.between(30, 600),
    },
    skew: () => random.between(-2_000, 2_000),
    concurrency: random.between(2, 10),
    isWatched: true,
    rail,
    // Then what was paid before is in blocks of before the first look's.
    ...(isLate && { looksFrom: calmAt + random.between(4_500, 7_000) * 1000 }),
    trace,
    fault: happened,
  });
  const { violations } = world.watchdog;
  // What was paid before the first look may have left less than the floor: nothing is reserved then.
  if (isLate) world.watchdog.lowered.add(`#${walletAddress}`);

  for (const name of ['a', 'b', 'c']) world.storage.files.set(`allowed-bucket/${name}.webp`, pictureOf(name));
  const clients = arrivals(world, random, jobs, happened);
  const outside = random.between(1, 6);
  for (let count = 0; count < outside; count += 1)
    world.timeline.at(random.between(start, calmAt), () => {
      const fault = random.pick(meddling);
      happened(fault);
      trace(`${world.timeline.now} ${fault}`);
      meddle(world, random, limits, fault);
    });
  if (random.chance(0.15)) moveMoney(world, random, start, calmAt);
  const stays = random.chance(0.1);
  world.timeline.at(calmAt, () => {
    world.chain.stalled = false;
    world.seller.isDown = false;
    world.manners.clear();
    if (stays) return;
    flipStop(world, true);
    for (const scope of world.stopped) turnSwitch(world, scope, true);
  });

  await runToRest(world, calmAt + patience, () => clients.waiting === 0 && !isStormy(), violations);
  if (violations.length === 0) await checkEnd(world);
  for (const [what, times] of world.watchdog.seen) seen.set(what, (seen.get(what) ?? 0) + times);
  const settled = world.chain.included().filter(({ kind }) => kind === 'used').length;
  if (rail === 'tempo' && settled > 0) counted('settled on tempo');
  return {
    seed,
    jobs: world.watchdog.jobs.size,
    faults,
    calls: world.calls(),
    settlements: settled,
    seen,
    violations: violations.map(
      (what) => `seed ${seed}: ${what} (npx --no-install node test/prove/sim/print-trace.ts ${seed})`,
    ),
    hash: digest(hash.update(lines), world),
  };
}

function drawnLimits(random: Random, jobs: number): Limits {
  const tight = () => 15_000 * random.between(1, 2 * jobs + 2);
  return limitsSchema.parse({
    total: random.chance(0.15) ? tight() : 10_000_000,
    ...(random.chance(0.12) && { caller: tight() }),
    ...(random.chance(0.12) && { model: tight() }),
    ...(random.chance(0.06) && { payee: tight() }),
    named: { [`caller:${penniless}`]: 0 },
    exposurePerPayee: random.pick([1, 3, 50]),
    lossesPerHour: random.pick([1, 3, 1_000, 1_000]),
    floor: random.pick([0, 0, 10_000]),
  });
}

function digest(hash: Hash, world: World): string {
  for (const job of world.watchdog.jobs.values()) hash.update(JSON.stringify(job));
  return hash.digest('hex');
}
