import type { ChainCursor } from '../../shared/aws/dynamodb-chain.ts';
import { floatKey, tokenKey } from '../../shared/core/budget.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Head, Movement } from './chain.ts';
import { type Closed, close, proofOf } from './close.ts';
import { closeExpired, type Expired } from './close-expired.ts';
import { failure, imbalance, mismatch, openSince, stray, threeWays, unauthorized } from './compare.ts';
import { openJobs } from './open-jobs.ts';
import { readSpan } from './read-span.ts';
import type { Reconciler } from './reconciler.ts';

/** What one look found: the three-way table, counted, and what nobody can explain. */
export interface Reconciliation {
  readonly block: number;
  readonly open: number;
  /** What the wallet holds there, atomic units. */
  readonly balance: number;
  readonly settled: number;
  readonly dead: number;
  /** Seconds since the oldest open authorization was reserved; a withdrawal counts from the end of its window. */
  readonly oldestOpenSeconds: number;
  /** Every authorization that was open when it began, by what the chain, the ledger and the seller say of it. */
  readonly table: Readonly<Record<string, number>>;
  /** On the chain and not in the ledger, or not as the ledger has it: each stops all signing, until it is noted. */
  readonly unexplained: readonly string[];
}

/** Of the wallet's history before the first look, what an authorization that is already open may be in. */
const firstLookBlocks = 2_000;
/** What one look gets through, with time to spare: after a longer silence, the next ones go on from there. */
const mostBlocks = 200_000;
const mostFindings = 20;
/** Time on the chain decides what is over. Far ahead of ours it is in other units, or made up. */
const mostAheadMilliseconds = 2 * 3_600_000;
/** So far the index of what is open may be behind. */
const indexSeconds = 15;

/**
 * Compares final blocks with the ledger and closes what they prove: a used nonce settles its
 * authorization, a cancelled one or one whose window a final block has passed unused is dead. What is on the chain and
 * not in the ledger, or of another amount or payee, means that somebody else signs with the key: signing is stopped,
 * and the cursor stays, until an operator takes note of it.
 * @throws whatever the nodes throw; a chain that cannot be read proves nothing, and gives nothing back. And when a job
 *   cannot be read, after all others were looked at
 */
export async function reconcile(reconciler: Reconciler): Promise<Reconciliation> {
  const { chain, chainLedger, asset, wallet } = reconciler;
  const token = tokenKey(asset.network, asset.asset, wallet.address);
  // In this order: what is final now was signed, and written down, before.
  const final = await chain.finalHead();
  if (final.timestamp * 1000 > reconciler.clock() + mostAheadMilliseconds)
    throw new CoinboothError(
      'ChainUnread',
      `The nodes of ${asset.network} tell of a final block of ${final.timestamp} s, far ahead of the time here.`,
    );
  const [cursor, finding, { open, isWhole, unread }] = await Promise.all([
    chainLedger.readCursor(token),
    chainLedger.readFinding(token),
    openJobs(reconciler),
  ]);
  // What an operator has taken note of is gone past, and not one block further.
  const isNoted =
    finding?.noted !== undefined && cursor !== undefined && finding.blockNumber > cursor.blockNumber;
  const replaced = cursor && !isNoted ? await replacedBlock(reconciler, cursor, final) : undefined;
  if (cursor && replaced !== undefined) {
    // Nothing is concluded from a chain that is not the one before: not even that a window is over.
    await stop(reconciler, token, { ...final, number: Math.max(final.number, cursor.blockNumber + 1) }, [
      replaced,
    ]);
    const seen = seenOf(reconciler, open, { settled: 0, dead: 0 }, [], final);
    return { ...seen, balance: cursor.balance, unexplained: [replaced] };
  }
  const until = Math.min(
    final.number,
    isNoted ? finding.blockNumber : final.number,
    cursor ? cursor.blockNumber + mostBlocks : final.number,
  );
  const from = cursor ? cursor.blockNumber + 1 : Math.max(0, until - firstLookBlocks);
  const { movements, to } = await readSpan(reconciler, from, until);
  const head = to < final.number ? await chain.blockAt(to) : final;
  const unexplained: string[] = [];
  /** What the index of what is open may not know yet, where blocks are final as soon as they are there. */
  const unsure: string[] = [];
  const closed: Closed = { settled: 0, dead: 0, jobIds: new Set() };
  let spent = 0;

  for (const use of movements.filter(({ kind }) => kind === 'used' || kind === 'cancelled')) {
    const isUsed = use.kind === 'used';
    const job = open.get(use.nonce?.toLowerCase() ?? '');
    const owner = job ?? (cursor && isWhole ? await ownerOf(reconciler, use) : undefined);
    const wrong = job ? isUsed && mismatch(job, use, movements) : cursor && isWhole && stray(use, owner);
    if (wrong) {
      (owner || !(await isYoung(reconciler, use)) ? unexplained : unsure).push(wrong);
      continue;
    }
    if (job) await close(reconciler, job, proofOf(isUsed ? 'settled' : 'dead', head, use), closed);
    if (isUsed && owner) spent += inWallet(reconciler, owner);
  }
  for (const job of open.values()) {
    const failed = failure(job, movements);
    if (failed) await close(reconciler, job, proofOf('dead', head, failed), closed);
  }
  const isBehind = cursor !== undefined && cursor.blockNumber > head.number;
  const expired = isBehind ? noneExpired : await closeExpired(reconciler, open, movements, head, closed);
  for (const job of expired.settled) spent += inWallet(reconciler, job);
  // What a look went past before was found and noted then.
  for (const { says, blockNumber } of expired.wrong)
    if (!cursor || blockNumber > cursor.blockNumber) unexplained.push(says);
  const balance = Number(await chain.balance(head.number));
  // A node that lags, and a look that slept, show a wallet of before the cursor: that explains nothing and accuses nobody.
  if (cursor && !isBehind) {
    for (const [transaction, parts] of unauthorized(movements)) {
      // One of ours that failed on the chain: it moved nothing but its fee.
      if (await isOurs(reconciler, transaction, open)) continue;
      const [fee] = parts.every(({ kind }) => kind === 'fee') ? parts : [];
      (fee && (await isYoung(reconciler, fee)) ? unsure : unexplained).push(
        `transaction ${transaction} moves money without an authorization`,
      );
    }
    const missing = imbalance(cursor, balance, movements);
    if (missing !== undefined) unexplained.push(missing);
  }
  // Whoever takes note of the one takes note of all that is there.
  if (unexplained.length > 0) unexplained.push(...unsure);
  if (unexplained.length > 0 && !isNoted) await stop(reconciler, token, head, unexplained);
  // Where some of what is open was not read, or not there yet, these blocks are looked at again.
  else if (isWhole && unsure.length === 0)
    await moveOn(reconciler, token, { cursor, head, balance, spent, open, closed });
  if (unread ?? expired.unshown) throw unread ?? expired.unshown;
  return { ...seenOf(reconciler, open, closed, movements, head), balance, unexplained };
}

const noneExpired: Expired = { settled: [], wrong: [] };

function seenOf(
  { clock }: Reconciler,
  open: ReadonlyMap<string, Job>,
  { settled, dead }: Pick<Closed, 'settled' | 'dead'>,
  movements: readonly Movement[],
  head: Head,
): Omit<Reconciliation, 'balance' | 'unexplained'> {
  const oldest = Math.min(clock(), ...[...open.values()].map(openSince));
  return {
    block: head.number,
    open: open.size - settled - dead,
    settled,
    dead,
    oldestOpenSeconds: open.size === 0 ? 0 : Math.round((clock() - oldest) / 1000),
    table: threeWays(open, movements, head),
  };
}

/** The block that the last look ended with was final: one with another hash is of another history. */
async function replacedBlock(
  { chain }: Reconciler,
  { blockNumber, blockHash }: ChainCursor,
  final: Head,
): Promise<string | undefined> {
  if (blockNumber > final.number) return undefined;
  const { hash } = await chain.blockAt(blockNumber);
  return hash.toLowerCase() === blockHash.toLowerCase()
    ? undefined
    : `final block ${blockNumber} had the hash ${blockHash}, and all nodes show ${hash} in its place`;
}

/** Whether what is in a block may be missing in the index still. */
const isYoung = async ({ chain, clock }: Reconciler, { blockNumber }: Movement): Promise<boolean> =>
  clock() / 1000 - (await chain.blockAt(blockNumber)).timestamp < indexSeconds;

/** The job whose authorization this was, by what was written down when that was closed. */
async function ownerOf({ ledger, chainLedger }: Reconciler, use: Movement): Promise<Job | undefined> {
  const jobId = await chainLedger.ownerOfNonce(use.nonce ?? '');
  return jobId === undefined ? undefined : ledger.read(jobId);
}

/** What a purchase holds of the wallet: its amount, and the most that its transaction may cost. */
function inWallet({ asset, wallet }: Reconciler, { purchase }: Job): number {
  const key = floatKey(asset.network, asset.asset, wallet.address);
  const hold = purchase?.holds.find((one) => one.key === key);
  return hold?.amount ?? Number(purchase?.amountAtomic ?? 0);
}

async function isOurs(
  { chainLedger }: Reconciler,
  transaction: string,
  open: ReadonlyMap<string, Job>,
): Promise<boolean> {
  const signed = [...open.values()].some(({ purchase }) => purchase?.transaction === transaction);
  return signed || (await chainLedger.ownerOfNonce(transaction)) !== undefined;
}

/** What was found is written down, for the operator who takes note of it. */
async function stop(
  { control, chainLedger, clock }: Reconciler,
  token: string,
  { number }: Head,
  unexplained: readonly string[],
): Promise<void> {
  const found = { blockNumber: number, unexplained: unexplained.slice(0, mostFindings), at: clock() };
  await chainLedger.noteFinding(token, found);
  const signing = await control.readSigning();
  if (!signing?.enabled) return;
  const reason = `The chain shows what the ledger cannot explain: ${unexplained[0]}`.slice(0, 500);
  await control.writeSigning({ enabled: false, reason, by: 'reconciler', at: clock() });
}

/**
 * What jobs held is no news to the budgets: it was taken when it was reserved. All else is, and a moved floor. The first
 * look gives the row what the wallet has, less the floor, less what is held of the row, less what is open and was signed
 * before there was a row.
 */
async function moveOn(
  { chainLedger, control, asset, wallet, floorAtomic }: Reconciler,
  token: string,
  look: {
    cursor: ChainCursor | undefined;
    head: Head;
    balance: number;
    spent: number;
    open: ReadonlyMap<string, Job>;
    closed: Closed;
  },
): Promise<void> {
  const { cursor, head, balance, spent, open, closed } = look;
  if (cursor && cursor.blockNumber >= head.number) return;
  const key = floatKey(asset.network, asset.asset, wallet.address);
  let amount = balance - floorAtomic;
  if (cursor) amount += spent + cursor.floor - cursor.balance;
  else {
    // Of one whose cursor was lost: what the row has is not given a second time.
    const { remaining = 0, held = 0 } = (await control.readBudget(key)) ?? {};
    const unheld = [...open.values()].filter(
      ({ jobId, purchase }) => !closed.jobIds.has(jobId) && !purchase?.holds.some((hold) => hold.key === key),
    );
    amount -= unheld.reduce(
      (sum, { purchase }) => sum + Number(purchase?.amountAtomic ?? 0),
      remaining + held,
    );
  }
  const after = { blockNumber: head.number, blockHash: head.hash, balance, floor: floorAtomic };
  await chainLedger.moveCursor(token, cursor, after, { key, amount });
}
