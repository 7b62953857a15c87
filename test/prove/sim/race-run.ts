import type { Scheduler } from 'fast-check';
import { limitsSchema } from '../../../shared/core/budget.ts';
import type { Rail } from '../../../shared/core/policy.ts';
import { isWithdrawal } from '../../../shared/core/withdrawal.ts';
import { type Behaviour, everyBehaviour } from './behaviours.ts';
import { checkEnd, isAsked } from './final-check.ts';
import type { Gate } from './gate.ts';
import { cancelJob, changeLimits, flipStop } from './operator.ts';
import { randomFrom } from './random.ts';
import { runToRest } from './run-to-rest.ts';
import { pictureOf } from './sim-storage.ts';
import { submitWithdrawals, withdraw } from './treasurer.ts';
import { openWorld } from './world.ts';
import { penniless, simTreasury } from './world-settings.ts';

/** One thing that somebody does while everything before it may still be going on. */
export type Command =
  | { readonly do: 'ask'; readonly isEdit: boolean; readonly caller: number; readonly behaviour: number }
  | { readonly do: 'deliver' | 'cancel'; readonly job: number }
  | { readonly do: 'withdraw'; readonly thousandths: number }
  | { readonly do: 'sweep' | 'look' | 'submit' }
  | { readonly do: 'limit'; readonly by: number }
  | { readonly do: 'stop' | 'resume' }
  | { readonly do: 'pass'; readonly seconds: number };

/** What may be, as plainly as it can be said. */
interface Model {
  asked: number;
  withdrawn: number;
  limit: number;
  highestLimit: number;
}

const start = Date.UTC(2027, 0, 16, 9);
const firstLimit = 150_000;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Runs commands one upon the other: the scheduler decides which call of which process has its effect next.
 * @param lags after each command, how many calls take effect before the next one
 * @returns what was breached, and how often money moved
 */
export async function race(
  scheduler: Scheduler,
  commands: readonly Command[],
  lags: readonly number[],
  rail: Rail = 'x402',
): Promise<{ readonly violations: readonly string[]; readonly settlements: number }> {
  let isFree = false;
  const order: Gate = async (name, _args, effect) => {
    if (!isFree) await scheduler.schedule(Promise.resolve(), name);
    return effect();
  };
  const drawn: Behaviour[] = [];
  const limits = limitsSchema.parse({
    total: firstLimit,
    named: { [`caller:${penniless}`]: 0 },
    exposurePerPayee: 3,
    lossesPerHour: 1_000,
  });
  const world = openWorld({
    start,
    random: randomFrom(11),
    order,
    plan: { decide: () => undefined, latency: () => 0, pause: () => 0 },
    whims: {
      copies: () => 0,
      delay: () => 0,
      lapse: () => undefined,
      keeps: () => false,
      twice: () => false,
      abortsAfter: () => undefined,
    },
    character: {
      draw: () => drawn.shift() ?? 'honest',
      stageMilliseconds: 0,
      renderMilliseconds: 1,
      failing: 0,
      hopping: 0,
    },
    limits,
    funds: 1_000_000n,
    chain: { skewSeconds: 0, finalLag: 20 },
    skew: () => 0,
    concurrency: 20,
    isWatched: true,
    rail,
    trace: () => {},
    fault: () => {},
  });
  const { timeline, watchdog } = world;
  world.storage.files.set('allowed-bucket/a.webp', pictureOf('a'));
  const model: Model = { asked: 0, withdrawn: 0, limit: firstLimit, highestLimit: firstLimit };
  const jobIds = () => [...watchdog.jobs.keys()];
  const jobAt = (index: number): string | undefined => jobIds()[index % Math.max(jobIds().length, 1)];

  function begin(command: Command): unknown {
    switch (command.do) {
      case 'ask': {
        model.asked += 1;
        drawn.push(everyBehaviour[command.behaviour % everyBehaviour.length] ?? 'honest');
        const { isEdit, caller } = command;
        const body = { prompt: 'a kite', ...(isEdit && { images: ['s3://allowed-bucket/a.webp'] }) };
        const offering = `flux-2-pro/${isEdit ? 'edit' : 'generate'}`;
        return world.ask(
          { caller: caller === 0 ? penniless : `AIDA${caller}`, offering, body, key: `order ${model.asked}` },
          () => {},
        );
      }
      case 'deliver':
      case 'cancel': {
        const jobId = jobAt(command.job);
        if (jobId === undefined) return;
        // Only a caller can take a request back, and only a request of theirs.
        const job = watchdog.jobs.get(jobId);
        if (command.do === 'cancel') return job && isWithdrawal(job) ? undefined : cancelJob(world, jobId);
        return void world.deliverMessage(jobId);
      }
      case 'withdraw':
        model.withdrawn += command.thousandths * 1000;
        return withdraw(world, String(command.thousandths * 1000));
      case 'submit':
        return submitWithdrawals(world);
      case 'sweep':
        return void world.sweep();
      case 'look':
        return void world.reconcile();
      case 'limit':
        model.limit = Math.max(model.limit + command.by, 0);
        model.highestLimit = Math.max(model.highestLimit, model.limit);
        return changeLimits(world, limits, command.by);
      case 'stop':
      case 'resume':
        return flipStop(world, command.do === 'resume');
      case 'pass':
        return;
    }
  }

  for (const [index, command] of commands.entries()) {
    begin(command);
    const until = timeline.now + (command.do === 'pass' ? command.seconds * 1000 : 0);
    while (await timeline.step(until)) if (scheduler.count() > 0) await scheduler.waitOne();
    for (let left = lags[index] ?? 0; left > 0; left -= 1) {
      await nextTurn();
      if (scheduler.count() > 0) await scheduler.waitOne();
      else await timeline.step(timeline.now + 3_000);
    }
  }

  isFree = true;
  for (let idle = 0; idle < 3; idle += 1) {
    await nextTurn();
    while (scheduler.count() > 0) {
      idle = 0;
      await scheduler.waitOne();
    }
  }
  flipStop(world, true);
  const { violations } = watchdog;
  await runToRest(world, timeline.now + 6 * 3_600_000, () => true, violations);
  if (violations.length === 0) await checkEnd(world);
  const pictures = [...watchdog.jobs.values()].filter(isAsked);
  if (pictures.length !== model.asked)
    watchdog.breach(`${model.asked} were asked for, ${pictures.length} jobs taken`);
  const [out, paid] = [true, false].map((isOut) =>
    world.chain
      .included()
      .filter(({ transfer }) => (transfer?.to === simTreasury) === isOut)
      .reduce((sum, { value }) => sum + Number(value), 0),
  );
  if (Number(paid) > model.highestLimit)
    watchdog.breach(`${paid} was spent of ${model.highestLimit} at the most`);
  if (Number(out) > model.withdrawn) watchdog.breach(`${out} was withdrawn of ${model.withdrawn} asked for`);
  for (const job of pictures)
    if (job.cancelledAt !== undefined && job.purchase?.firstSentAt === undefined && job.status !== 'refused')
      watchdog.breach(`job ${job.jobId} was cancelled before anything was signed, and ended ${job.status}`);
  return { violations, settlements: world.chain.included().filter(({ kind }) => kind === 'used').length };
}
