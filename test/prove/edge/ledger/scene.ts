import type { Guard } from '../../../../shared/aws/dynamodb.ts';
import type { Also } from '../../../../shared/aws/dynamodb-authorizations.ts';
import type { IdempotencyKey } from '../../../../shared/aws/dynamodb-idempotency.ts';
import type { ExposureMove, HoldMove } from '../../../../shared/core/budget-moves.ts';
import { exposureKey } from '../../../../shared/core/exposure.ts';
import type { Job } from '../../../../shared/core/job-record.ts';
import { at, heldFor, newJob, stages, start } from '../../../functions/jobs.ts';
import type { Chance } from '../chance.ts';

/** What one case knows of the rows it has made, and what it draws from that. */
export interface Scene {
  readonly name: string;
  readonly chance: Chance;
  /** As they were last written. */
  readonly jobs: Map<string, Job>;
  /** What became of each job's authorization, so that the next write may fit it. */
  readonly money: Map<string, keyof typeof fitting>;
  readonly callers: readonly string[];
  readonly requestHashes: readonly string[];
  readonly budgets: readonly string[];
  readonly payees: readonly string[];
  readonly nonces: readonly string[];
  readonly token: string;
  /** Never the same twice in a run: rows with one time have no order among them. */
  tick(): number;
}

/** A scene of one case, its names its own. */
export function newScene(chance: Chance, name: string, tick: () => number): Scene {
  const hash = () => chance.hex(32).slice(2);
  return {
    name,
    chance,
    jobs: new Map(),
    money: new Map(),
    callers: [`AIDA-${name}-a`, `AIDA-${name}-b`],
    requestHashes: [hash(), hash()],
    budgets: ['total', 'caller#a', 'model#b', 'payee#c', 'float'].map((row) => `${name}#${row}`),
    payees: [`0x${name}-a`, `0x${name}-b`],
    nonces: [chance.hex(32), `0x${chance.hex(32).slice(2).toUpperCase()}`],
    token: `eip155:8453/${name}`,
    tick,
  };
}

/** A new job of one of the scene's callers. */
export function drawJob({ chance, callers, requestHashes, tick }: Scene): Job {
  const now = start + tick();
  return newJob({
    jobId: chance.uuid(),
    caller: chance.pick(callers),
    requestHash: chance.pick(requestHashes),
    body: JSON.stringify({ prompt: chance.pick(['a kite', 'çà — 🪁', '"\\ud83e']) }),
    now,
  });
}

/** Kinds of companions that fit an authorization in each state. */
const fitting = {
  none: ['reserve'],
  held: ['authorize', 'authorize', 'release', 'reserve'],
  live: ['prove', 'claim'],
  settled: ['claim'],
  dead: ['claim'],
} as const;
const kinds = ['none', 'reserve', 'authorize', 'release', 'prove', 'claim'] as const;

/** A write of a job at any stage, mostly over the version that is there, with what goes with it: fitting or not. */
export function drawWrite(scene: Scene): { after: Job; also?: Also | undefined } | undefined {
  const { chance, jobs, money, tick } = scene;
  if (jobs.size === 0) return undefined;
  const before = chance.pick([...jobs.values()]);
  const { jobId, caller, body, requestHash = '', acceptedAt } = before;
  const kind = chance.odds(0.7) ? chance.pick(fitting[money.get(jobId) ?? 'none']) : chance.pick(kinds);
  const anew = newJob({ jobId, caller, body, requestHash, now: acceptedAt });
  const all: Job[] = Object.values(stages(anew));
  // What has no purchase has no authorization; that it is refused is worth a look now and then.
  const stage = chance.pick(all.filter(({ purchase }) => purchase !== undefined || chance.odds(0.1)));
  const { dueAt: _dueAt, ...rest } = stage;
  const version = before.version + (chance.odds(0.85) ? 1 : chance.pick([0, 2]));
  const after = { ...rest, version, ...(chance.odds(0.6) && { dueAt: at(tick()) }) };
  return { after, also: alsoOf(scene, kind, after) };
}

function alsoOf({ chance, name, tick }: Scene, kind: (typeof kinds)[number], job: Job): Also | undefined {
  switch (kind) {
    case 'reserve':
      return { reserve: heldFor(job, tick()) };
    case 'authorize':
      return { authorize: chance.bytes(40).toString('base64') };
    case 'release':
      return { release: true };
    case 'prove':
      return { prove: chance.pick(['settled', 'dead']) };
    case 'claim':
      return { claim: `cmn${name}${chance.below(2)}` };
    default:
      return undefined;
  }
}

/** What a companion that was written makes of the authorization. */
export function learnMoney({ money }: Scene, jobId: string, also: Also | undefined): void {
  if (!also || 'claim' in also) return;
  money.set(
    jobId,
    'reserve' in also ? 'held' : 'authorize' in also ? 'live' : 'prove' in also ? also.prove : 'dead',
  );
}

/** Guards over one to four rows, with limits of any version for some of them. */
export function drawGuard(scene: Scene, jobId: string): Guard | undefined {
  const { chance, budgets, payees, jobs, tick } = scene;
  if (chance.odds(0.3)) return undefined;
  const others = [...[...jobs.values()].filter((job) => job.jobId !== jobId), drawJob(scene)];
  const keys = budgets.filter(() => chance.odds(0.4));
  const moves = keys.map(
    (key): HoldMove => ({
      key,
      kind: chance.pick(['take', 'take', 'take', 'release', 'commit']),
      amount: chance.between(0, 60),
    }),
  );
  const exposed = payees
    .filter(() => chance.odds(0.3))
    .map(
      (payTo): ExposureMove => ({
        key: exposureKey(payTo),
        kind: chance.pick(['expose', 'expose', 'close']),
        payments: chance.pick([0, 1, 1]),
        amount: chance.between(0, 60),
        ...(chance.odds(0.3) && { delivered: chance.odds(0.7) }),
      }),
    );
  const bound = {
    payments: chance.between(1, 4),
    atomic: chance.between(60, 150),
    countedSince: chance.below(30),
  };
  const version = chance.below(4);
  // Of one version there is one limit; the wallet's row has none.
  const limited = budgets.filter((key) => !key.endsWith('float') && chance.odds(0.8));
  const of = new Map(limited.map((key) => [key, (version * 53 + key.length * 7) % 97]));
  return {
    ...(chance.odds(0.5) && { running: chance.odds(0.9) }),
    ...(chance.odds(0.9) && { moves: [...moves, ...exposed] }),
    ...(chance.odds(0.95) && { bound }),
    ...(chance.odds(0.85) && { limits: { version, of } }),
    // Now and then one that is there already, or a new one.
    ...(chance.odds(0.15) && { begins: chance.odds(0.3) ? chance.pick(others) : drawJob(scene) }),
    ...(chance.odds(0.1) && {
      loss: {
        jobId,
        payTo: '0x0',
        at: at(tick()),
        ...(chance.odds(0.3) && { takenBackAt: at(tick()) }),
      },
    }),
  };
}

/** A caller's name for a request; of few, so that they meet. */
export const drawKey = ({ chance }: Scene, name: string): IdempotencyKey => ({
  hash: `${name}-${chance.below(3)}`,
  requestHash: `asked ${chance.below(2)}`,
  expiresAt: 1_900_000_000,
});
