import type { Also, Guard, IdempotencyKey } from '../../../../shared/aws/dynamodb.ts';
import type { BudgetMove } from '../../../../shared/core/budget-moves.ts';
import type { Job } from '../../../../shared/core/job-record.ts';
import { at, heldFor, newJob, stages, start } from '../../../functions/jobs.ts';
import type { Chance } from '../chance.ts';

/** What one case knows of the rows it has made, and what it draws from that. */
export interface Scene {
  readonly name: string;
  readonly chance: Chance;
  /** As they were last written; the store may know better. */
  readonly jobs: Map<string, Job>;
  readonly callers: readonly string[];
  readonly requestHashes: readonly string[];
  readonly budgets: readonly string[];
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
    callers: [`AIDA-${name}-a`, `AIDA-${name}-b`],
    requestHashes: [hash(), hash()],
    budgets: ['total', 'caller#a', 'model#b', 'payee#c', 'float', 'unseen'].map((row) => `${name}#${row}`),
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

/** A job of the scene at any stage, as somebody might write it: mostly over the version that is there. */
export function drawAfter({ chance, jobs, tick }: Scene): Job | undefined {
  if (jobs.size === 0) return undefined;
  const before = chance.pick([...jobs.values()]);
  const { jobId, caller, body, requestHash = '', acceptedAt } = before;
  const anew = newJob({ jobId, caller, body, requestHash, now: acceptedAt });
  const stage: Job = chance.pick(Object.values(stages(anew)));
  const { dueAt: _dueAt, ...rest } = stage;
  const version = before.version + (chance.odds(0.8) ? 1 : chance.pick([0, 2]));
  return { ...rest, version: Math.max(version, 1), ...(chance.odds(0.6) && { dueAt: at(tick()) }) };
}

/** What goes with a write, whether it fits the job or not. */
export function drawAlso({ chance, tick }: Scene, job: Job, name: string): Also | undefined {
  return chance.pick<Also | undefined>([
    undefined,
    undefined,
    { reserve: heldFor(job, tick()) },
    { reserve: heldFor(job, tick()) },
    { authorize: chance.bytes(40).toString('base64') },
    { release: true },
    { prove: chance.pick(['settled', 'dead']) },
    { claim: `cmn${name}` },
    { claim: `cmn${name}${chance.below(2)}` },
  ]);
}

/** Guards over one to four rows, with limits of any version for some of them. */
export function drawGuard({ chance, budgets }: Scene): Guard | undefined {
  if (chance.odds(0.3)) return undefined;
  const keys = budgets.filter(() => chance.odds(0.4));
  const moves = keys.map(
    (key): BudgetMove => ({
      key,
      kind: chance.pick(['take', 'take', 'take', 'release', 'commit']),
      amount: chance.between(0, 60),
    }),
  );
  const version = chance.below(4);
  // Of one version there is one limit; the wallet's row has none.
  const limited = budgets.filter((key) => !key.endsWith('float') && chance.odds(0.8));
  const of = new Map(limited.map((key) => [key, (version * 53 + key.length * 7) % 97]));
  return {
    ...(chance.odds(0.5) && { running: chance.odds(0.9) }),
    ...(chance.odds(0.9) && { moves }),
    ...(chance.odds(0.85) && { limits: { version, of } }),
  };
}

/** A caller's name for a request; of few, so that they meet. */
export const drawKey = ({ chance }: Scene, name: string): IdempotencyKey => ({
  hash: `${name}-${chance.below(3)}`,
  requestHash: `asked ${chance.below(2)}`,
  expiresAt: 1_900_000_000,
});
