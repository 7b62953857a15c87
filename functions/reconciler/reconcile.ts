import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { ChainCursor, ChainLedger } from '../../shared/aws/dynamodb-chain.ts';
import type { Control } from '../../shared/aws/dynamodb-control.ts';
import type { PaymentQueue } from '../../shared/aws/sqs.ts';
import { floatKey } from '../../shared/core/budget.ts';
import type { Job, Proof } from '../../shared/core/job-record.ts';
import type { AllowedAsset } from '../../shared/core/policy.ts';
import type { Timings } from '../../shared/core/timings.ts';
import { record } from '../record.ts';
import type { ChainReader, Head, Movement } from './chain.ts';

export interface Reconciler {
  readonly ledger: Ledger;
  readonly chainLedger: ChainLedger;
  readonly control: Pick<Control, 'readSigning' | 'writeSigning'>;
  readonly queue: PaymentQueue;
  /** Several nodes as one (`agreed`). */
  readonly chain: ChainReader;
  readonly asset: AllowedAsset;
  readonly floorAtomic: number;
  readonly timings: Timings;
  readonly clock: () => number;
}

/** What one look found: the three-way table, counted, and what nobody can explain. */
export interface Reconciliation {
  readonly block: number;
  readonly open: number;
  /** What the wallet holds there, atomic units. */
  readonly balance: number;
  readonly settled: number;
  readonly dead: number;
  /** Seconds since the oldest open authorization was reserved. */
  readonly oldestOpenSeconds: number;
  /** Every authorization that was open when it began, by what the chain, the ledger and the seller say of it. */
  readonly table: Readonly<Record<string, number>>;
  /** On the chain and not in the ledger, or not as the ledger has it: each one stops all signing. */
  readonly unexplained: readonly string[];
}

/** Of the wallet's history before the first look, what an authorization that is already open may be in. */
const firstLookBlocks = 2_000;
const mostOpen = 5_000;

/**
 * Compares final blocks with the ledger and closes what they prove (safety.md §1.8): a used nonce settles its
 * authorization, a cancelled one or one whose window a final block has passed unused is dead. What is on the chain and
 * not in the ledger, or of another amount or payee, means that somebody else signs with the key: signing is stopped.
 * @throws whatever the nodes throw; a chain that cannot be read proves nothing, and gives nothing back
 */
export async function reconcile(reconciler: Reconciler): Promise<Reconciliation> {
  const { chain, chainLedger, asset } = reconciler;
  const token = `${asset.network}#${asset.asset.toLowerCase()}`;
  // In this order: what is final now was signed, and written down, before.
  const head = await chain.finalHead();
  const [cursor, { open, isWhole }] = await Promise.all([
    chainLedger.readCursor(token),
    openJobs(reconciler),
  ]);
  const from = cursor ? cursor.blockNumber + 1 : Math.max(0, head.number - firstLookBlocks);
  const movements = from > head.number ? [] : await chain.movements(from, head.number);
  const unexplained: string[] = [];
  const closed = { settled: 0, dead: 0 };

  for (const use of movements.filter(({ kind }) => kind === 'used' || kind === 'cancelled')) {
    const job = open.get(use.nonce?.toLowerCase() ?? '');
    if (job) {
      const wrong = use.kind === 'used' ? mismatch(job, use, movements) : undefined;
      if (wrong) unexplained.push(wrong);
      else await close(reconciler, job, proofOf(use.kind === 'used' ? 'settled' : 'dead', head, use), closed);
    } else if (cursor && isWhole && (await chainLedger.ownerOfNonce(use.nonce ?? '')) === undefined)
      unexplained.push(`transaction ${use.transaction} uses nonce ${use.nonce}, which is not in the ledger`);
  }
  await closeExpired(reconciler, open, movements, head, closed);
  const balance = Number(await chain.balance(head.number));
  // A node that lags, and a look that slept, show a wallet of before the cursor: that explains nothing and accuses nobody.
  if (cursor && cursor.blockNumber <= head.number)
    unexplained.push(...unexplainedMoney(cursor, balance, movements));
  if (unexplained.length > 0) await stop(reconciler, unexplained);
  // Where some of what is open was not read, these blocks are looked at again.
  else if (isWhole) await moveOn(reconciler, token, { cursor, head, balance, movements, open });
  const oldest = Math.min(
    reconciler.clock(),
    ...[...open.values()].map((job) => job.purchase?.reservedAt ?? 0),
  );
  return {
    block: head.number,
    balance,
    open: open.size - closed.settled - closed.dead,
    ...closed,
    oldestOpenSeconds: open.size === 0 ? 0 : Math.round((reconciler.clock() - oldest) / 1000),
    table: threeWays(open, movements, head),
    unexplained,
  };
}

/** Chain, ledger and seller side by side (safety.md §1.8), such as `used / submitted / running`. */
function threeWays(
  open: ReadonlyMap<string, Job>,
  movements: readonly Movement[],
  head: Head,
): Record<string, number> {
  const table: Record<string, number> = {};
  for (const [nonce, job] of open) {
    const seen = movements.find((movement) => movement.nonce?.toLowerCase() === nonce)?.kind;
    const isOver = head.timestamp >= (job.purchase?.validBefore ?? 0);
    const chain = seen ?? (isOver ? 'expired' : 'unused');
    const seller = job.rendered ? 'complete' : job.sellerJobId !== undefined ? 'running' : 'unknown';
    const cell = `${chain} / ${job.status} / ${seller}`;
    table[cell] = (table[cell] ?? 0) + 1;
  }
  return table;
}

/** Jobs whose authorization is signed and whose money is not known, by nonce. */
async function openJobs({
  ledger,
  asset,
}: Reconciler): Promise<{ open: Map<string, Job>; isWhole: boolean }> {
  const open = new Map<string, Job>();
  const jobIds = await ledger.openAuthorizations(mostOpen);
  for (const jobId of jobIds) {
    const job = await ledger.read(jobId);
    if (!job?.purchase || job.proof || job.purchase.firstSentAt === undefined) continue;
    const { network, asset: token } = job.purchase;
    if (network === asset.network && token.toLowerCase() === asset.asset.toLowerCase())
      open.set(job.purchase.nonce.toLowerCase(), job);
  }
  return { open, isWhole: jobIds.length < mostOpen };
}

/** In what a settlement differs from what was signed: the token could not do that with our signature alone. */
function mismatch(
  { jobId, purchase }: Job,
  use: Movement,
  movements: readonly Movement[],
): string | undefined {
  const transfers = movements.filter(
    ({ kind, transaction, value, to }) =>
      kind === 'sent' &&
      transaction === use.transaction &&
      value === BigInt(purchase?.amountAtomic ?? '0') &&
      to === purchase?.payTo.toLowerCase(),
  );
  return transfers.length > 0
    ? undefined
    : `transaction ${use.transaction} settles job ${jobId}, but not as it was signed`;
}

const proofOf = (state: Proof['state'], head: Head, use?: Movement): Proof => ({
  state,
  ...(use && state === 'settled' && { transaction: use.transaction }),
  blockNumber: use?.blockNumber ?? head.number,
  at: head.timestamp * 1000,
});

/** The nonce is noted first, so that a second look after a crash knows whose it is. */
async function close(
  { ledger, chainLedger, queue, timings }: Reconciler,
  job: Job,
  proof: Proof,
  closed: { settled: number; dead: number },
): Promise<void> {
  await chainLedger.noteNonce(job.purchase?.nonce ?? '', job.jobId);
  const event = { type: 'proven', proof, at: proof.at } as const;
  const { job: after, outcome } = await record({ ledger, timings }, job, event, { prove: proof.state });
  if (outcome !== 'written') return;
  closed[proof.state] += 1;
  // Known money may be a job's end, or the reason to look for its picture once more.
  if (after.dueAt !== undefined) await queue.send({ jobId: job.jobId }, job.caller);
}

/** Unused when a final block is past its window: nobody can settle it any more (EIP-3009: time < validBefore). */
async function closeExpired(
  reconciler: Reconciler,
  open: ReadonlyMap<string, Job>,
  movements: readonly Movement[],
  head: Head,
  closed: { settled: number; dead: number },
): Promise<void> {
  const seen = new Set(movements.flatMap(({ nonce }) => nonce?.toLowerCase() ?? []));
  for (const [nonce, job] of open) {
    if (seen.has(nonce) || head.timestamp < (job.purchase?.validBefore ?? Number.POSITIVE_INFINITY)) continue;
    if (await reconciler.chain.isNonceUsed(nonce, head.number)) continue;
    await close(reconciler, job, proofOf('dead', head), closed);
  }
}

/** What left the wallet without one of its authorizations, and a balance that does not add up. */
function unexplainedMoney(cursor: ChainCursor, balance: number, movements: readonly Movement[]): string[] {
  const authorized = new Set(
    movements.filter(({ kind }) => kind === 'used').map(({ transaction }) => transaction),
  );
  const sent = movements.filter(({ kind }) => kind === 'sent');
  const expected = cursor.balance + total(movements, 'received') - total(movements, 'sent');
  return [
    ...sent
      .filter(({ transaction }) => !authorized.has(transaction))
      .map(({ transaction }) => `transaction ${transaction} moves money without an authorization`),
    ...(expected === balance ? [] : [`the wallet holds ${balance} where ${expected} is what adds up`]),
  ];
}

const total = (movements: readonly Movement[], kind: Movement['kind']): number =>
  movements
    .filter((movement) => movement.kind === kind)
    .reduce((sum, { value = 0n }) => sum + Number(value), 0);

async function stop({ control, clock }: Reconciler, unexplained: readonly string[]): Promise<void> {
  const signing = await control.readSigning();
  if (!signing?.enabled) return;
  const reason = `The chain shows what the ledger cannot explain: ${unexplained[0]}`.slice(0, 500);
  await control.writeSigning({ enabled: false, reason, by: 'reconciler', at: clock() });
}

/** Only what came in, and a floor that was moved, is news to the budgets: what went out was taken when it was reserved. */
async function moveOn(
  { chainLedger, asset, floorAtomic }: Reconciler,
  token: string,
  look: {
    cursor: ChainCursor | undefined;
    head: Head;
    balance: number;
    movements: readonly Movement[];
    open: ReadonlyMap<string, Job>;
  },
): Promise<void> {
  const { cursor, head, balance, movements, open } = look;
  if (cursor && cursor.blockNumber >= head.number) return;
  const held = [...open.values()].reduce((sum, { purchase }) => sum + Number(purchase?.amountAtomic ?? 0), 0);
  const amount = cursor
    ? total(movements, 'received') + cursor.floor - floorAtomic
    : balance - floorAtomic - held;
  const after = { blockNumber: head.number, blockHash: head.hash, balance, floor: floorAtomic };
  await chainLedger.moveCursor(token, cursor, after, { key: floatKey(asset.network, asset.asset), amount });
}
