import { type Limits, limitsSchema } from '../../../../shared/core/budget.ts';
import { exposureDollars } from '../../../../shared/core/exposure.ts';
import type { Job } from '../../../../shared/core/job-record.ts';
import { start } from '../../../functions/jobs.ts';
import { type Chance, chanceFrom } from '../chance.ts';
import { payees } from '../fuzz/pins.ts';
import type { Store } from '../ledger/stores.ts';
import type { Tally } from '../tally.ts';
import { exposedBy, isExposed, type Sums, sumsOf, wrongRows } from './tally-jobs.ts';
import { later, reserve, type Till, takeIn } from './till.ts';

const actors = 4;
const price = 10;
const dearest = 5 * price;
const callers = ['AIDAONE', 'AIDATWO', 'AIDATHREE'];
/** Hours that a round may take: midnight comes every few dozen rounds. */
const longestRound = 2 * 3_600_000;

/** What one round of commands did, as far as the next check must know. */
interface Round {
  limitsMoved: boolean;
  flipped: boolean;
  readonly asked: { amount: number; exhausted?: string }[];
  signed: number;
}

interface Play extends Till {
  readonly chance: Chance;
  readonly tally: Tally;
  /** By id, as they were last seen. */
  readonly jobs: Map<string, Job>;
  readonly keys: Set<string>;
  /** Of jobs that are left alone from now on. */
  past: Sums;
  /** Of payments that were exposed until then: what is proven dead is given, not sold. */
  deliveries: number;
  /** Jobs that were written after their end, at their deadline or later. */
  readonly expired: Set<string>;
  /** The widest bounds so far: what was exposed under an earlier one stays. */
  widest: { payments: number; atomic: number };
}

const drawLimits = (chance: Chance, version: number): Limits =>
  limitsSchema.parse({
    total: chance.between(0, 400) * price,
    ...(chance.odds(0.7) && { caller: chance.between(0, 200) * price }),
    ...(chance.odds(0.4) && { model: chance.between(0, 400) * price }),
    ...(chance.odds(0.3) && { payee: chance.between(10, 400) * price }),
    ...(chance.odds(0.3) && { named: { 'caller:AIDAONE': chance.between(0, 40) * price } }),
    exposurePerPayee: chance.between(1, 60),
    ...(chance.odds(0.3) && { exposureUsdPerPayee: chance.between(0, 80) * price }),
    version,
  });

async function writeLimits({ store, widest }: Play, limits: Limits): Promise<void> {
  await store.control.writeLimits(limits);
  widest.payments = Math.max(widest.payments, limits.exposurePerPayee);
  widest.atomic = Math.max(widest.atomic, exposureDollars(limits), dearest);
}

/** One command of one actor. */
async function act(play: Play, chance: Chance, round: Round): Promise<void> {
  const { store, jobs } = play;
  const known = [...jobs.values()];
  const kind = chance.below(20);
  if (kind === 0) {
    round.limitsMoved = true;
    const version = (await store.control.readLimits())?.version ?? 0;
    await writeLimits(play, drawLimits(chance, version + 1));
  } else if (kind === 1) {
    round.flipped = true;
    const enabled = chance.odds(0.8);
    await store.control.writeSigning({ enabled, reason: 'a drill', by: 'the proof', at: play.clock.now });
  } else if (kind < 10 || known.length === 0) {
    const again = known.filter(({ status }) => status === 'reserved');
    const isAgain = again.length > 0 && chance.odds(0.2);
    const job = isAgain ? chance.pick(again) : await takeIn(play, chance, chance.pick(callers));
    const amount = chance.between(1, 5) * price;
    const limits = await store.control.readLimits();
    if (!limits) throw new Error('there are limits');
    const { job: stands, outcome } = await reserve(play, job, limits, amount);
    jobs.set(stands.jobId, stands);
    if (outcome === 'written') round.signed += 1;
    round.asked.push({ amount, ...(typeof outcome === 'object' && { exhausted: outcome.exhausted }) });
    play.tally.count(typeof outcome === 'object' ? 'exhausted' : outcome);
  } else {
    const open = known.filter(({ purchase, end }) => purchase?.holdState === 'held' && !end);
    // Now and then one that is over: nothing may be given back or spent twice.
    const [name, happen] = chance.pick(Object.entries(later));
    const lost = known.filter((one) => one.end && isExposed(one, play.expired));
    const fitting = name === 'expire' ? lost : open;
    const job = chance.pick(fitting.length > 0 && chance.odds(0.85) ? fitting : known);
    const { job: stands, outcome } = await happen(play, job);
    if (outcome === 'written') play.tally.count(name);
    if (outcome === 'written' && name === 'authorize') round.signed += 1;
    if (outcome === 'written' && stands.end && stands.updatedAt >= stands.deadlineAt)
      play.expired.add(stands.jobId);
    if (outcome === 'written' && name === 'deliver' && stands.proof?.state !== 'dead') play.deliveries += 1;
    jobs.set(stands.jobId, stands);
  }
}

/** Whether nothing of a job moves any more. */
const isOver = (job: Job, expired: ReadonlySet<string>): boolean =>
  job.purchase === undefined ||
  (job.purchase.holdState !== 'held' &&
    (job.end !== undefined || job.proof?.state === 'dead') &&
    !isExposed(job, expired));

/** Reads every job anew: somebody else may have written last. Old ones are added up and left alone. */
async function refresh(play: Play): Promise<void> {
  const { store, jobs, keys, chance } = play;
  for (const { jobId } of jobs.values()) {
    const job = await store.ledger.read(jobId);
    if (!job) throw new Error(`Job ${jobId} is gone.`);
    jobs.set(jobId, job);
    if (isOver(job, play.expired) && chance.odds(0.1)) {
      play.past = sumsOf([job], play.past);
      jobs.delete(jobId);
    }
    for (const { key } of job.purchase?.holds ?? []) keys.add(key);
  }
}

/** A payee's row holds what its open jobs add up to, and no more than the widest bound that ever was. */
async function checkExposure(
  { store, tally, jobs, deliveries, expired, widest }: Play,
  name: string,
): Promise<void> {
  const wanted = exposedBy([...jobs.values()], expired);
  const row = await store.control.readExposure(payees[0]);
  const { payments, atomic, delivered } = row ?? { payments: 0, atomic: 0, delivered: 0 };
  const shown = `${name}: exposure is ${JSON.stringify({ payments, atomic, delivered })}`;
  if (payments !== wanted.payments || atomic !== wanted.atomic || delivered !== deliveries)
    tally.breach(`${shown}, its jobs say ${wanted.payments}, ${wanted.atomic}, ${deliveries}`);
  if (payments > widest.payments || atomic > widest.atomic)
    tally.breach(`${shown}, more than ${JSON.stringify(widest)}`);
}

async function check(
  play: Play,
  name: string,
  round: Round,
  before: Map<string, { remaining: number; used: number }>,
) {
  const { store, tally, jobs, keys } = play;
  for (const line of await wrongRows(store, sumsOf([...jobs.values()], play.past), keys))
    tally.breach(`${name}: ${line}`);
  await checkExposure(play, name);
  const asked = round.asked.reduce((sum, { amount }) => sum + amount, 0);
  for (const key of keys) {
    const row = await store.control.readBudget(key);
    const was = before.get(key);
    if (!row) continue;
    const used = row.held + row.committed;
    if (row.remaining < 0 && was && used > was.used && !round.limitsMoved && was.remaining >= 0)
      tally.breach(`${name}: ${key} was overdrawn to ${row.remaining}`);
    const denied = round.asked.find(({ exhausted }) => exhausted === key);
    if (
      denied &&
      was &&
      was.remaining >= asked &&
      !round.limitsMoved &&
      row.limit === was.remaining + was.used
    )
      tally.breach(`${name}: ${key} refused ${denied.amount} with ${was.remaining} left`);
    before.set(key, { remaining: row.remaining, used });
  }
}

/** Plays so many commands of one seed, four at once, and adds up after every round. */
export async function playCommands(tally: Tally, store: Store, seed: number, run: number, commands: number) {
  const chance = chanceFrom(seed, 'budget', run);
  const play: Play = {
    store,
    clock: { now: start },
    chance,
    tally,
    jobs: new Map(),
    keys: new Set(),
    past: new Map(),
    deliveries: 0,
    expired: new Set(),
    widest: { payments: 0, atomic: 0 },
  };
  const { control } = store;
  await writeLimits(play, drawLimits(chance, 1));
  await control.writeSigning({ enabled: true, reason: 'begin', by: 'the proof', at: start });
  const before = new Map<string, { remaining: number; used: number }>();
  for (let done = 0; done < commands; done += actors) {
    const name = `run ${run} of seed ${seed}, command ${done}`;
    const round: Round = { limitsMoved: false, flipped: false, asked: [], signed: 0 };
    const wasEnabled = (await control.readSigning())?.enabled;
    await tally.each(name, async () => {
      await Promise.all(
        Array.from({ length: actors }, (_, actor) =>
          act(play, chanceFrom(seed, 'act', run, done, actor), round),
        ),
      );
      if (wasEnabled === false && !round.flipped && round.signed > 0)
        tally.breach(`${name}: ${round.signed} reserved or signed while it was stopped`);
      await refresh(play);
      await check(play, name, round, before);
    });
    play.clock.now += chance.below(longestRound);
    tally.count('commands', actors);
  }
}
