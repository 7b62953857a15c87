import type * as z from 'zod';
import type { Acceptance, Guard, Ledger, WriteOutcome } from '../../shared/aws/dynamodb.ts';
import { type Also, storedAuthorizationSchema } from '../../shared/aws/dynamodb-authorizations.ts';
import { type Budget, budgetSchema } from '../../shared/aws/dynamodb-budgets.ts';
import type { ChainCursor, ChainLedger, Finding } from '../../shared/aws/dynamodb-chain.ts';
import type { Control, Signing, Switch } from '../../shared/aws/dynamodb-control.ts';
import { type Exposure, exposureSchema } from '../../shared/aws/dynamodb-exposure.ts';
import type { Headers } from '../../shared/aws/dynamodb-headers.ts';
import type { Limits } from '../../shared/core/budget.ts';
import { type ExposureMove, isOfExposure } from '../../shared/core/budget-moves.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import { exposureKey, paymentsAllowed } from '../../shared/core/exposure.ts';
import { type Job, jobSchema } from '../../shared/core/job-record.ts';
import { lossSchema } from '../../shared/core/loss.ts';
import { erasedCaller } from '../../shared/core/retention.ts';
import { scopesOf } from '../../shared/core/switches.ts';

/** What a call is to suffer: a lost race, an error that comes before its effect, or one that hides its effect. */
export type Fault = 'conflict' | 'throw-before' | 'throw-after';

export interface MemoryLedger extends Ledger {
  /** The next call of that name suffers so; further ones queue up. */
  failNext(operation: keyof Ledger, fault: Fault): void;
  /** Puts a job in whatever state, past every condition. */
  put(job: Job): void;
  /** Changes fields of a row as a person with a console would; `undefined` takes one away. */
  edit(key: string, fields: Readonly<Record<string, unknown>>): void;
  /** What an operator says; signing is allowed to begin with. */
  readonly control: Control;
  readonly chainLedger: ChainLedger;
  readonly headers: Headers;
  /** Every budget row, by key; exposure rows are none of them. */
  budgets(): Readonly<Record<string, Budget>>;
  /** Every payee's exposure row, by key. */
  exposures(): Readonly<Record<string, Exposure>>;
  /** Every job as it stands. */
  jobs(): readonly Job[];
  /** The statuses a job went through, in order. */
  history(jobId: string): readonly Job['status'][];
}

type Row = Record<string, unknown>;

/**
 * The ledger's contract on a Map. Its calls answer in a later turn, as a network would, and take effect at once: the
 * suite of the contract holds it and the real one to the same behaviour.
 */
export function memoryLedger(): MemoryLedger {
  const rows = new Map<string, Row>();
  const faults: { operation: keyof Ledger; fault: Fault }[] = [];
  const statuses = new Map<string, Job['status'][]>();

  const parsed = <Value>(schema: z.ZodType<Value>, key: string): Value | undefined => {
    const row = rows.get(key);
    if (row === undefined) return undefined;
    const { data, error } = schema.safeParse(plain(row));
    if (data !== undefined) return data;
    const wrong = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new CoinboothError('Defect', `The ledger's row ${key} does not fit its schema (${wrong}).`);
  };
  const allJobs = (): Job[] =>
    [...rows.keys()].filter((key) => key.startsWith('JOB#')).flatMap((key) => parsed(jobSchema, key) ?? []);
  const put = (job: Job): void => {
    rows.set(jobKey(job.jobId), plain(job));
    statuses.set(job.jobId, [...(statuses.get(job.jobId) ?? []), job.status]);
  };

  /**
   * What the moved budget rows would be. Rows that are begun, or follow newer limits, on the way stay so whatever
   * comes of the write, as they do in DynamoDB.
   */
  function afterMoves({
    moves = [],
    limits,
    bound,
  }: Guard): Map<string, Row> | { exhausted: string } | 'conflict' {
    const changed = new Map<string, Row>();
    for (const move of moves) {
      const { key, amount } = move;
      const name = `BUDGET#${key}`;
      if (isOfExposure(move)) {
        const exposed = afterExposure(rows.get(name), move, bound);
        if (exposed === 'exhausted') return { exhausted: key };
        if (exposed) changed.set(name, exposed);
        continue;
      }
      const { kind } = move;
      const limit = kind === 'take' ? limits?.of.get(key) : undefined;
      if (limits && limit !== undefined) rows.set(name, following(rows.get(name), limit, limits.version));
      const row = rows.get(name);
      if (!row && kind !== 'take') continue;
      if (row && limits && limit !== undefined && Number(row.limitsVersion) > limits.version)
        return 'conflict';
      if (!row || (kind === 'take' && Number(row.remaining) < amount)) return { exhausted: key };
      const [remaining, held, committed] = { take: [-1, 1, 0], release: [1, -1, 0], commit: [0, -1, 1] }[
        kind
      ].map((sign) => sign * amount) as [number, number, number];
      changed.set(name, {
        ...row,
        remaining: Number(row.remaining) + remaining,
        held: Number(row.held) + held,
        committed: Number(row.committed) + committed,
        ...(move.caller !== undefined && {
          callers: [...new Set([...((row.callers ?? []) as number[]), move.caller])].toSorted(
            (a, b) => a - b,
          ),
        }),
      });
    }
    return changed;
  }

  /** The row that goes with a job's write, as it would be; why it cannot be written where it cannot. */
  function companion(job: Job, also: Also): readonly [key: string, row: Row] | 'claimed' | 'conflict' {
    if ('claim' in also) {
      const key = `SELLERJOB#${also.claim}`;
      const claim = rows.get(key);
      return claim && claim.jobId !== job.jobId ? 'claimed' : [key, { jobId: job.jobId }];
    }
    const key = authorizationKey(job);
    const row = rows.get(key);
    const isNew = row === undefined && 'reserve' in also;
    if (!isNew && row?.state !== ('prove' in also ? 'live' : 'held')) return 'conflict';
    const { challenge, ...rest } = row ?? {};
    const { dueAt: _dueAt, signedHeader: _header, ...closed } = rest;
    if ('reserve' in also)
      return [key, plain({ ...also.reserve, dueAt: also.reserve.authorization.validBefore * 1000 })];
    if ('prove' in also)
      return [key, { ...closed, ...(challenge !== undefined && { challenge }), state: also.prove }];
    if ('authorize' in also) return [key, { ...rest, state: 'live' }];
    return [key, { ...closed, state: 'dead' }];
  }

  async function call<Value>(operation: keyof Ledger, effect: () => Value, lost?: Value): Promise<Value> {
    await Promise.resolve();
    const index = faults.findIndex((entry) => entry.operation === operation);
    const fault = index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
    if (fault === 'throw-before') throw new Error(`${operation} failed before it took effect`);
    if (fault === 'conflict' && lost !== undefined) return lost;
    const value = effect();
    await Promise.resolve();
    if (fault === 'throw-after') throw new Error(`${operation} failed after it took effect`);
    return value;
  }

  rows.set('CONTROL#signing', { enabled: true, reason: 'a test', by: 'a test', at: 0 });

  return {
    control: memoryControl(rows),
    budgets: () =>
      Object.fromEntries(
        [...rows]
          .filter(([key]) => key.startsWith('BUDGET#') && !key.startsWith(exposureRow('')))
          .map(([key, row]) => [key.slice('BUDGET#'.length), budgetSchema.parse(row)]),
      ),
    exposures: () =>
      Object.fromEntries(
        [...rows]
          .filter(([key]) => key.startsWith(exposureRow('')))
          .map(([key, row]) => [key.slice('BUDGET#'.length), exposureSchema.parse(row)]),
      ),
    chainLedger: memoryChainLedger(rows),
    headers: {
      read: async (job) => rows.get(headerKey(job))?.header as string | undefined,
      erase: async (job) => void rows.delete(headerKey(job)),
    },
    failNext: (operation, fault) => void faults.push({ operation, fault }),
    put,
    edit(key, fields) {
      const changed = Object.entries({ ...rows.get(key), ...fields });
      rows.set(key, Object.fromEntries(changed.filter(([, value]) => value !== undefined)));
    },
    jobs: allJobs,
    history: (jobId) => statuses.get(jobId) ?? [],

    accept: (job, key) =>
      call('accept', (): Acceptance => {
        const used = key && rows.get(`IDEMPOTENCY#${key.hash}`);
        if (used && used.requestHash !== key.requestHash) return { conflict: String(used.jobId) };
        const there = parsed(jobSchema, jobKey(String(used?.jobId ?? job.jobId)));
        if (used && (!there || there.caller === erasedCaller)) return { conflict: String(used.jobId) };
        if (!there) {
          put(job);
          if (key) rows.set(`IDEMPOTENCY#${key.hash}`, { ...key, jobId: job.jobId });
          return { job };
        }
        const isSame =
          there.caller === job.caller && there.offering === job.offering && there.body === job.body;
        if (!isSame) throw new Error('There is another job of this id.');
        if (key && !used) rows.set(`IDEMPOTENCY#${key.hash}`, { ...key, jobId: there.jobId });
        return { job: there };
      }),

    list: (caller, { limit, before }) =>
      call('list', () => {
        const isBefore = (job: Job): boolean =>
          !before ||
          job.acceptedAt < before.acceptedAt ||
          (job.acceptedAt === before.acceptedAt && job.jobId < before.jobId);
        const mine = allJobs()
          .filter((job) => job.caller === caller && isBefore(job))
          .toSorted((a, b) => b.acceptedAt - a.acceptedAt || (a.jobId < b.jobId ? 1 : -1));
        const jobs = mine.slice(0, limit);
        const last = jobs.at(-1);
        return { jobs, ...(mine.length > limit && last && { next: last }) };
      }),

    findSame: (requestHash) =>
      call('findSame', () =>
        allJobs()
          .filter((job) => job.requestHash === requestHash)
          .toSorted((a, b) => b.acceptedAt - a.acceptedAt)
          .slice(0, 5),
      ),

    read: (jobId) => call('read', () => parsed(jobSchema, jobKey(jobId))),

    write: (job, also, guard = {}) =>
      call<WriteOutcome>(
        'write',
        () => {
          // What has no purchase is refused before anything is asked.
          if (also && !('claim' in also)) authorizationKey(job);
          if (rows.get(jobKey(job.jobId))?.version !== job.version - 1) return 'conflict';
          const written = also && companion(job, also);
          if (typeof written === 'string') return written;
          if (guard.running && !maySign(rows.get('CONTROL#signing'), job)) return 'stopped';
          if (guard.begins && rows.has(jobKey(guard.begins.jobId))) return 'conflict';
          const moved = afterMoves(guard);
          if (moved === 'conflict' || 'exhausted' in moved) return moved;
          if (written) rows.set(...written);
          if (also && 'authorize' in also) rows.set(headerKey(job), { header: also.authorize });
          if (also && 'prove' in also && job.purchase) {
            const { nonce, transaction = nonce } = job.purchase;
            for (const name of [nonce, transaction])
              rows.set(`NONCE#${name.toLowerCase()}`, { owner: job.jobId });
          }
          for (const [key, row] of moved) rows.set(key, row);
          if (guard.loss) rows.set(`LOSS#${job.jobId}`, plain(guard.loss));
          put(job);
          if (guard.begins) put(guard.begins);
          return 'written';
        },
        'conflict',
      ),

    readAuthorization: async (job) => {
      const key = authorizationKey(job);
      return call('readAuthorization', () => parsed(storedAuthorizationSchema, key));
    },

    openAuthorizations: (limit) =>
      call('openAuthorizations', () =>
        [...rows]
          .filter(([key, { dueAt }]) => key.startsWith('PURCHASE#') && dueAt !== undefined)
          .toSorted(([, a], [, b]) => Number(a.dueAt) - Number(b.dueAt))
          .slice(0, limit)
          .map(([key]) => key.slice('PURCHASE#'.length)),
      ),

    losses: (since, most, until = Number.MAX_SAFE_INTEGER) =>
      call('losses', () =>
        [...rows.keys()]
          .filter((key) => key.startsWith('LOSS#'))
          .flatMap((key) => parsed(lossSchema, key) ?? [])
          .filter(({ at, takenBackAt }) => at > since && at <= until && takenBackAt === undefined)
          .toSorted((a, b) => b.at - a.at)
          .slice(0, most),
      ),

    overdue: (now, limit) =>
      call('overdue', () =>
        [...rows.values()]
          .filter(({ jobId, dueAt }) => jobId !== undefined && typeof dueAt === 'number' && dueAt <= now)
          .toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt))
          .slice(0, limit)
          .map(({ jobId }) => String(jobId)),
      ),
  };
}

const exposureRow = (payTo: string): string => `BUDGET#${exposureKey(payTo)}`;

/** A payee's row after one move; undefined where there is none to take from. */
function afterExposure(
  row: Row | undefined,
  { kind, payments, amount, delivered }: ExposureMove,
  bound: Guard['bound'],
): Row | 'exhausted' | undefined {
  if (!row && kind === 'close') return undefined;
  const there = exposureSchema.parse(row ?? {});
  if (kind === 'expose' && bound) {
    const isTooMany = payments > 0 && there.payments >= paymentsAllowed(bound, there);
    if (isTooMany || there.atomic + amount > bound.atomic) return 'exhausted';
  }
  const sign = kind === 'expose' ? 1 : -1;
  return {
    ...row,
    held: there.payments + sign * payments,
    heldAtomic: there.atomic + sign * amount,
    ...(delivered && { delivered: there.delivered + 1 }),
  };
}

const fresh = (limit: number): Row => ({ limit, remaining: limit, held: 0, committed: 0 });

/** A row as it is once it follows these limits; newer ones stand. */
function following(row: Row | undefined, limit: number, version: number): Row {
  if (!row) return { ...fresh(limit), limitsVersion: version };
  if (Number(row.limitsVersion) > version) return row;
  const remaining = Number(row.remaining) + limit - Number(row.limit);
  return { ...row, limit, remaining, limitsVersion: version };
}

const switchesIn = (row: Row | undefined): readonly Switch[] => (row?.switches ?? []) as readonly Switch[];

const maySign = (row: Row | undefined, job: Job): boolean =>
  row?.enabled === true &&
  !switchesIn(row).some(({ scope, enabled }) => !enabled && scopesOf(job).includes(scope));

const memoryControl = (rows: Map<string, Row>): Control => ({
  readSigning: async () => {
    const { switches: _beside, ...signing } = rows.get('CONTROL#signing') ?? {};
    return signing.enabled === undefined ? undefined : (signing as Signing);
  },
  writeSigning: async (signing) =>
    void rows.set('CONTROL#signing', { ...rows.get('CONTROL#signing'), ...signing }),
  readSwitches: async () => switchesIn(rows.get('CONTROL#signing')),
  async writeSwitch(turned) {
    const row = rows.get('CONTROL#signing');
    const others = switchesIn(row).filter(({ scope }) => scope !== turned.scope);
    rows.set('CONTROL#signing', { ...row, switches: [...others, turned] });
  },
  readLimits: async () => rows.get('CONTROL#limits') as Limits | undefined,
  readBudget: async (key) => rows.get(`BUDGET#${key}`) as Budget | undefined,
  readExposure: async (payTo) => {
    const row = rows.get(exposureRow(payTo));
    return row && exposureSchema.parse(row);
  },
  async writeDeliveries(payTo, { deliveredLastHour, countedAt, samples }) {
    const row = rows.get(exposureRow(payTo));
    if (!row) throw new Error('The payee has no row.');
    rows.set(exposureRow(payTo), { ...row, deliveredLastHour, countedAt, samples });
  },
  async writeLimits(next) {
    if (Number(rows.get('CONTROL#limits')?.version ?? next.version - 1) !== next.version - 1) return false;
    rows.set('CONTROL#limits', { ...next });
    return true;
  },
});

const memoryChainLedger = (rows: Map<string, Row>): ChainLedger => ({
  readCursor: async (token) => rows.get(`CHAIN#${token}`) as ChainCursor | undefined,
  async moveCursor(token, before, after, { key, amount }) {
    if (rows.get(`CHAIN#${token}`)?.blockNumber !== before?.blockNumber) return false;
    rows.set(`CHAIN#${token}`, { ...after });
    const row = rows.get(`BUDGET#${key}`) ?? fresh(0);
    rows.set(`BUDGET#${key}`, {
      ...row,
      limit: Number(row.limit) + amount,
      remaining: Number(row.remaining) + amount,
    });
    return true;
  },
  noteFinding: async (token, finding) => void rows.set(`CHAIN#${token}/FINDING`, { ...finding }),
  readFinding: async (token) => rows.get(`CHAIN#${token}/FINDING`) as Finding | undefined,
  async takeNote(token, { blockNumber, at }, noted) {
    const row = rows.get(`CHAIN#${token}/FINDING`);
    if (row?.blockNumber !== blockNumber || row.at !== at) return false;
    rows.set(`CHAIN#${token}/FINDING`, { ...row, noted });
    return true;
  },
  ownerOfNonce: async (nonce) => rows.get(`NONCE#${nonce.toLowerCase()}`)?.owner as string | undefined,
});

/** A copy as a store would give it back: plain values, and nothing where there is nothing. */
const plain = (value: object): Row => JSON.parse(JSON.stringify(value)) as Row;

const jobKey = (jobId: string): string => `JOB#${jobId}`;

function authorizationKey({ purchase }: Job): string {
  if (!purchase) throw new CoinboothError('Defect', 'A job without a purchase has no authorization.');
  return `PURCHASE#${purchase.purchaseId}`;
}

/** In a table of its own; here, under a name that no row of the ledger has. */
const headerKey = (job: Job): string => `HEADERS/${authorizationKey(job)}`;
