import type { Also } from '../../../shared/aws/dynamodb-authorizations.ts';
import { dailyScopes, type Limits } from '../../../shared/core/budget.ts';
import { type Job, payingCaller } from '../../../shared/core/job-record.ts';
import { paidAssets, type SellerPolicy } from '../../../shared/core/policy.ts';
import { isWithdrawal, withdrawalSeconds } from '../../../shared/core/withdrawal.ts';
import type { MemoryLedger } from '../../functions/memory-ledger.ts';
import { countWaits } from './count-waits.ts';
import { hasSignature, readPayment } from './keyed-wallet.ts';
import { watchExposure } from './watch-exposure.ts';
import { penniless, simTreasury } from './world-settings.ts';

/** Looks over the shoulder of everything that is written, signed and sent, and knows what may never be. */
export interface Watchdog {
  readonly violations: string[];
  /** How often each status, and each way from one to another, was seen. */
  readonly seen: Map<string, number>;
  /** Every job as it was last written, by id. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** Whose nonces these are. */
  readonly owners: ReadonlyMap<string, string>;
  /** How keys of rows end that may have less than nothing left: a limit was lowered, or the wallet was below its floor. */
  readonly lowered: Set<string>;
  breach(what: string): void;
  accepted(job: Job): void;
  wrote(after: Job, also: Also | undefined, isAllowed: boolean): void;
  /** A guard of the money acted. */
  happened(what: 'payee stopped' | 'model stopped' | 'exposure bound reached', about: string): void;
  /** Limits that hold from now on. */
  limited(limits: Limits): void;
  /** A signing is about to happen. */
  signing(definition: unknown): void;
  /** A paid POST is about to leave. */
  posting(header: string): void;
  /** Text that others can read. */
  published(where: string, text: string): void;
  checkBudgets(keys?: readonly string[]): void;
}

interface Typed {
  readonly domain: { readonly verifyingContract: string };
  readonly message: {
    readonly to: string;
    readonly value: bigint;
    readonly validAfter: bigint;
    readonly validBefore: bigint;
    readonly nonce: string;
  };
}

/** Budget keys that a job takes from at a moment, and in what way. */
function takes({ earmark, purchase }: Job): Map<string, { held: number; committed: number }> {
  const taken = new Map<string, { held: number; committed: number }>();
  const add = (part: 'held' | 'committed', { key, amount }: { key: string; amount: number }): void => {
    const { held, committed } = taken.get(key) ?? { held: 0, committed: 0 };
    taken.set(
      key,
      part === 'held' ? { held: held + amount, committed } : { held, committed: committed + amount },
    );
  };
  for (const hold of [earmark?.holds ?? [], ...(earmark?.slots ?? []).map(({ holds }) => holds)].flat())
    add('held', hold);
  if (!purchase) return taken;
  const { holdState, holds } = purchase;
  if (holdState !== 'released') for (const hold of holds) add(holdState, hold);
  return taken;
}

/**
 * @param isCloselyWatched whether every write is held against the budget rows; the books are kept in any case
 */
export function openWatchdog(
  ledger: MemoryLedger,
  policy: SellerPolicy,
  isCloselyWatched: boolean,
  now: () => number,
  nodesFrom = 0,
): Watchdog {
  const jobs = new Map<string, Job>();
  /** Every payee and amount that was ever reserved under a nonce. */
  const frozen = new Set<string>();
  const owners = new Map<string, string>();
  const stored = new Map<string, string>();
  const permitted = new Map<string, number>();
  const posted = new Map<string, number>();
  const books = new Map<string, { held: number; committed: number }>();
  const claims = new Map<string, string>();
  const exposure = watchExposure(ledger, now, (what) => watchdog.breach(what));
  const counted = (name: string) => watchdog.seen.set(name, (watchdog.seen.get(name) ?? 0) + 1);

  function account(before: Job | undefined, after: Job): string[] {
    const [was, is] = [before ? takes(before) : new Map(), takes(after)];
    const touched = [...new Set([...was.keys(), ...is.keys()])] as string[];
    for (const key of touched) {
      const book = books.get(key) ?? { held: 0, committed: 0 };
      const [from, to] = [was.get(key), is.get(key)];
      book.held += (to?.held ?? 0) - (from?.held ?? 0);
      book.committed += (to?.committed ?? 0) - (from?.committed ?? 0);
      books.set(key, book);
    }
    return touched;
  }

  /** No job holds or spends what is another caller's, and nothing is held for whoever has nothing. */
  function checkOwner(job: Job): void {
    const payer = payingCaller(job);
    const mine = `#caller#${payer}`;
    for (const key of takes(job).keys())
      if (key.includes('#caller#') && !key.endsWith(mine))
        watchdog.breach(`I2: job ${job.jobId} of ${payer} takes from ${key}`);
    if (payer === penniless && takes(job).size > 0)
      watchdog.breach(`I2: job ${job.jobId} takes from budgets for a caller who has nothing`);
  }

  const watchdog: Watchdog = {
    violations: [],
    seen: new Map(),
    jobs,
    owners,
    lowered: new Set(),
    breach: (what) => void watchdog.violations.push(what),

    accepted(job) {
      if (jobs.has(job.jobId)) return;
      jobs.set(job.jobId, job);
      counted(job.status);
      account(undefined, job);
      checkOwner(job);
    },

    happened: counted,
    limited: exposure.limited,

    wrote(after, also, isAllowed) {
      const before = jobs.get(after.jobId);
      const breach = (what: string) => watchdog.breach(`${what} (job ${after.jobId}, ${after.status})`);
      jobs.set(after.jobId, after);
      const { purchase } = after;
      if (before && before.status !== after.status) {
        counted(after.status);
        counted(`${before.status} → ${after.status}`);
      }
      if (before?.end && before.status !== after.status)
        breach(`I4: an end was overwritten, it was ${before.status}`);
      if (before && before.version + 1 !== after.version) breach('a write did not follow the version before');
      if (before && before.caller !== after.caller) breach('I10: a job changed hands');
      const nonce = purchase?.nonce.toLowerCase() ?? '';
      if (purchase && purchase.generation !== 1) breach('I7: a second generation');
      if (nonce !== '') {
        const owner = owners.get(nonce);
        if (owner !== undefined && owner !== after.jobId) breach('I1: two purchases share a nonce');
        owners.set(nonce, after.jobId);
      }
      const ofWallet = purchase?.holds.find(({ key }) => key.startsWith('float#'))?.amount ?? 0;
      // Before nodes are named nobody knows what the wallet has; clocks differ by seconds.
      const knowsWallet = (purchase?.reservedAt ?? 0) >= nodesFrom + 5_000;
      if (purchase && knowsWallet && ofWallet < Number(purchase.amountAtomic))
        breach('I2: what was reserved is not held of the wallet');
      // A process that slept may sign what was frozen before; it is stored, and so sent, only while it still stands.
      if (purchase) frozen.add(`${nonce} ${purchase.payTo} ${purchase.amountAtomic}`);
      if (before?.purchase?.firstSentAt !== undefined && before.purchase.nonce !== purchase?.nonce)
        breach('I8: what was signed was frozen anew');
      if (also && 'authorize' in also) {
        if (stored.has(nonce)) breach('I1: a second signature was stored');
        stored.set(nonce, also.authorize);
      }
      countWaits(before, after, counted);
      const granted = (purchase?.sends ?? 0) - (before?.purchase?.sends ?? 0);
      if (granted > 0) {
        permitted.set(nonce, (permitted.get(nonce) ?? 0) + granted);
        // By the clock of whoever signs: how long its write takes from there, nobody can bound.
        if (isWithdrawal(after) && (purchase?.firstSentAt ?? 0) >= after.deadlineAt)
          breach('a withdrawal was signed when nobody waits for it any more');
        if ((before?.purchase?.retryAt ?? 0) > after.updatedAt)
          breach('I3: sent again before the pause that the seller asks for is over');
        if (!isAllowed) breach('I9: leave to send was given after the stop');
      }
      if (also && 'claim' in also) {
        const claimer = claims.get(also.claim);
        if (claimer !== undefined && claimer !== after.jobId) breach(`I10: ${also.claim} was claimed twice`);
        claims.set(also.claim, after.jobId);
      }
      exposure.wrote(before, after);
      const touched = account(before, after);
      checkOwner(after);
      const isMoved = before?.purchase !== purchase || before?.earmark !== after.earmark;
      if (isCloselyWatched && touched.length > 0 && isMoved) watchdog.checkBudgets(touched);
    },

    signing(definition) {
      const { domain, message } = definition as Typed;
      const nonce = message.nonce.toLowerCase();
      const job = jobs.get(owners.get(nonce) ?? '');
      if (!job?.purchase) return watchdog.breach('I3: something was signed that nothing was reserved for');
      if (payingCaller(job) === penniless)
        watchdog.breach(`I2: something was signed for a caller who has nothing (job ${job.jobId})`);
      const [asset] = paidAssets(policy);
      const isOut = isWithdrawal(job);
      const payees = asset?.rail === 'tempo' ? policy.tempo?.payees : policy.payees;
      const isToOurs = isOut ? message.to === simTreasury : payees?.includes(message.to);
      const isOurs = domain.verifyingContract === asset?.asset && isToOurs;
      const isFrozen = frozen.has(`${nonce} ${message.to} ${message.value}`);
      // A transaction is good from the beginning of time; it ends by our clock.
      const since = asset?.rail === 'tempo' ? BigInt(Math.floor(now() / 1000)) : message.validAfter;
      const longest = asset?.rail === 'tempo' ? 30 : 900;
      const isShort = Number(message.validBefore - since) <= (isOut ? withdrawalSeconds : 0) + longest;
      const isCheap = isOut || message.value <= 60_000n;
      if (!isOurs || !isFrozen || !isShort || !isCheap)
        watchdog.breach(`I8: what was signed is not what was reserved (job ${job?.jobId})`);
    },

    posting(header) {
      const nonce = readPayment(header).authorization.nonce.toLowerCase();
      const times = (posted.get(nonce) ?? 0) + 1;
      posted.set(nonce, times);
      if (stored.get(nonce) !== header)
        watchdog.breach(`I3: bytes left that were not stored (nonce ${nonce})`);
      if (times > (permitted.get(nonce) ?? 0))
        watchdog.breach(`I3: bytes left without leave (nonce ${nonce})`);
    },

    published(where, text) {
      if (hasSignature(text)) watchdog.breach(`I12: a signature is in ${where}`);
    },

    checkBudgets(keys) {
      exposure.check();
      const rows = ledger.budgets();
      for (const key of keys ?? Object.keys(rows)) {
        const row = rows[key];
        const book = books.get(key) ?? { held: 0, committed: 0 };
        if (!row) {
          if (book.held !== 0) watchdog.breach(`I2: ${key} is taken from and not there`);
          continue;
        }
        const adds = row.remaining + row.held + row.committed === row.limit;
        if (!adds) watchdog.breach(`I2: ${key} does not add up: ${JSON.stringify(row)}`);
        if (row.held !== book.held || row.committed !== book.committed)
          watchdog.breach(
            `I2: ${key} holds ${row.held} and ${row.committed}, jobs ${book.held} and ${book.committed} (at ${now()})`,
          );
        if (row.remaining < 0 && ![...watchdog.lowered].some((end) => key.endsWith(end)))
          watchdog.breach(`I2: ${key} is overdrawn`);
      }
    },
  };
  return watchdog;
}

/** Whether a budget row is one of a day's money, not of the wallet or of what is unseen. */
export const isDaily = (key: string): boolean => dailyScopes.some((scope) => key.split('#')[1] === scope);
