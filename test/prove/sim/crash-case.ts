import { groupOf } from '../../../shared/contracts/message.ts';
import { limitsSchema } from '../../../shared/core/budget.ts';
import { isUpload } from '../../../shared/core/job-record.ts';
import type { Rail } from '../../../shared/core/policy.ts';
import { type Behaviour, conductOf } from './behaviours.ts';
import type { Call, CallFault } from './faults.ts';
import { checkEnd } from './final-check.ts';
import { randomFrom } from './random.ts';
import { runToRest } from './run-to-rest.ts';
import { pictureOf } from './sim-storage.ts';
import { openWorld, type World } from './world.ts';

/** What is bought, and of whom. */
export interface Purchase {
  readonly isEdit: boolean;
  readonly rail: Rail;
  readonly behaviour: Behaviour;
  /** About the place for the edit's file. */
  readonly uploadBehaviour: Behaviour;
}

/** What happens to the process that makes a call. */
export interface Mishap {
  readonly fault: CallFault;
  readonly pauseSeconds: number;
  /** Whether what the process worked on is given to another one in the same moment. */
  readonly isDoubled: boolean;
}

export interface CrashRun {
  /** Every call that was made, in order. */
  readonly calls: readonly Call[];
  readonly status: string;
  readonly violations: readonly string[];
}

const start = Date.UTC(2027, 0, 16, 9);

/**
 * Buys one picture and runs everything to its rest: door, queue, payer, workflow, sweeper and reconciler.
 * @param mishapAt asked about every call; undefined as a rule
 */
export async function buyOnce(
  purchase: Purchase,
  mishapAt: (call: Call) => Mishap | undefined,
): Promise<CrashRun> {
  const random = randomFrom(7);
  const calls: Call[] = [];
  let pauseSeconds = 0;
  const world: World = openWorld({
    start,
    random,
    plan: {
      decide(call) {
        calls.push(call);
        const mishap = mishapAt(call);
        if (!mishap) return undefined;
        pauseSeconds = mishap.pauseSeconds;
        if (mishap.isDoubled) world.timeline.after(1, () => double(world, call, again));
        return mishap.fault;
      },
      latency: () => 40,
      pause: () => pauseSeconds * 1000,
    },
    whims: {
      copies: () => 0,
      delay: () => 20,
      lapse: () => undefined,
      keeps: () => false,
      twice: () => false,
      abortsAfter: () => undefined,
    },
    character: {
      draw: (_nonce, path) => (path === '/api/upload' ? purchase.uploadBehaviour : purchase.behaviour),
      stageMilliseconds: 50,
      renderMilliseconds: 3_000,
      failing: 0,
      hopping: 0,
    },
    limits: limitsSchema.parse({ total: 1_000_000 }),
    funds: 1_000_000n,
    chain: { skewSeconds: 0, finalLag: 300 },
    skew: () => 0,
    concurrency: 10,
    isWatched: true,
    rail: purchase.rail,
    trace: () => {},
    fault: () => {},
  });
  world.storage.files.set('allowed-bucket/a.webp', pictureOf('a'));

  let waiting = 1;
  const request = {
    caller: 'AIDAONE',
    offering: purchase.isEdit ? 'flux-2-pro/edit' : 'flux-2-pro/generate',
    body: { prompt: 'a kite', ...(purchase.isEdit && { images: ['s3://allowed-bucket/a.webp'] }) },
    key: 'the order',
  };
  const again = () => world.ask(request, () => {});
  const ask = (): void =>
    world.ask(request, (jobId) => {
      if (jobId === undefined) world.timeline.after(5_000, ask);
      else waiting = 0;
    });
  world.timeline.after(10_000, ask);

  const { violations } = world.watchdog;
  await runToRest(world, start + 6 * 3_600_000, () => waiting === 0, violations);
  if (violations.length === 0) await checkEnd(world);
  return { calls, status: checkStatus(world, purchase), violations };
}

/** Another process begins with the same, while the first one is being lost. */
function double(world: World, { kind }: Call, again: () => void): void {
  const [job] = [...world.watchdog.jobs.values()].filter((one) => !isUpload(one));
  if (kind === 'intake') again();
  else if (kind === 'reconciler') world.reconcile();
  else if (kind === 'sweeper') world.sweep();
  else if (job && kind === 'payer') void world.queue.send({ jobId: job.jobId }, groupOf(job));
  else if (job && (kind === 'poll' || kind === 'deliver'))
    void world.workflows.start('express', `${job.jobId}-again-${world.calls()}`, {
      jobId: job.jobId,
      waitSeconds: 0,
    });
}

/** A picture that was made is delivered, whatever happened to the processes; one that was paid for is never lost silently. */
function checkStatus({ watchdog, seller }: World, { isEdit, behaviour, rail }: Purchase): string {
  const jobs = [...watchdog.jobs.values()];
  const [job, ...others] = jobs.filter((one) => !isUpload(one));
  const uploads = jobs.filter(isUpload);
  if (!job || others.length > 0) watchdog.breach(`${others.length + 1} jobs for one request`);
  const status = job?.status ?? 'none';
  const { makesJob, pauseSeconds } = conductOf(behaviour);
  // Who asks for a pause has made nothing yet: a crash may outlast what was signed.
  const isSteady =
    makesJob &&
    pauseSeconds === undefined &&
    behaviour !== 'talks garbage' &&
    behaviour !== 'hops in its price';
  const isPlaced = uploads.every((upload) => upload.status === 'delivered');
  // Half a minute is soon over: nobody was paid, and that is proven before the payer is back to look for the job.
  const isFree = rail === 'tempo' && status === 'unpaid' && job?.proof?.state === 'dead';
  if (isSteady && isPlaced && status !== 'delivered' && !isFree)
    watchdog.breach(`a picture was lost: ${status}`);
  if (uploads.length > 1) watchdog.breach(`${uploads.length} places for one file`);
  if (!isEdit && status === 'refused') watchdog.breach('a good request was refused');
  const paid = seller.made.filter(({ nonce }) => nonce === job?.purchase?.nonce.toLowerCase());
  if (isSteady && job?.proof?.state === 'settled' && paid.length > 1)
    watchdog.breach('two pictures for one payment');
  return status;
}
