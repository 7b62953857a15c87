import { show } from '../../../functions/intake/show.ts';
import {
  type JobEnded,
  jobEndedSchema,
  type PaymentResolved,
  paymentResolvedSchema,
} from '../../../shared/contracts/event.ts';
import { jobAnswerSchema } from '../../../shared/contracts/http.ts';
import { offeringOf, sameRequest } from '../../../shared/core/catalogue.ts';
import { moneyOf } from '../../../shared/core/job-money.ts';
import { bodyToSend, isUpload, type Job, payingCaller } from '../../../shared/core/job-record.ts';
import { asksUploads, owesResolution } from '../../../shared/core/resolution.ts';
import { isWithdrawal } from '../../../shared/core/withdrawal.ts';
import { pictureOf } from './sim-storage.ts';
import { isDaily } from './watchdog.ts';
import type { World } from './world.ts';
import { penniless, simTreasury } from './world-settings.ts';

/** Whether nothing is left to do: every job at its end and announced, every authorization closed. */
export function isQuiet(world: World): boolean {
  for (const job of world.watchdog.jobs.values()) {
    if (job.announcedAt === undefined || owesResolution(job) || asksUploads(job)) return false;
    if (job.dueAt !== undefined) return false;
    if (job.purchase?.firstSentAt !== undefined && job.proof === undefined) return false;
  }
  return true;
}

/** Everything that must hold of a run that came to rest. */
export async function checkEnd(world: World): Promise<void> {
  const { watchdog, memory, storage, seller, chain } = world;
  const jobs = memory.jobs();
  const events = Map.groupBy(storage.events, ({ jobId }) => jobId);
  const resolutions = Map.groupBy(storage.resolutions, ({ jobId }) => jobId);
  const posts = Map.groupBy(seller.posts, ({ nonce }) => nonce);
  const moved = new Set(
    chain.included().flatMap(({ kind, nonce }) => (kind === 'used' && nonce ? [nonce] : [])),
  );
  for (const job of jobs) {
    const nonce = job.purchase?.nonce.toLowerCase() ?? '';
    checkEnding(world, job, events.get(job.jobId) ?? [], resolutions.get(job.jobId) ?? []);
    checkMoney(world, job, posts.get(nonce)?.map(({ header }) => header) ?? [], moved.has(nonce));
    const answer = await show(storage.pictures, job);
    watchdog.published('an answer', JSON.stringify(answer));
    if (isAsked(job) && !jobAnswerSchema.safeParse(answer).success)
      watchdog.breach(`the answer about job ${job.jobId} does not fit its contract`);
  }
  const lost = new Set((await memory.losses(0, Number.MAX_SAFE_INTEGER)).map(({ jobId }) => jobId));
  for (const job of jobs)
    if (lost.has(job.jobId) !== isLoss(job)) watchdog.breach(`${job.jobId}: a loss too many or too few`);
  checkChain(world, jobs);
  checkPictures(world, jobs);
  watchdog.checkBudgets();
  for (const [key, { held }] of Object.entries(memory.budgets()))
    if (held !== 0) watchdog.breach(`I2: ${key} still holds ${held} when all is known`);
  for (const [key, { payments, atomic }] of Object.entries(memory.exposures()))
    if (payments !== 0 || atomic !== 0)
      watchdog.breach(`exposure: ${key} still has ${payments} and ${atomic} when all is known`);
  for (const name of world.workflows.executions.keys()) watchdog.published('a workflow', name);
}

/** A caller asked for it: it is nobody's file, and no withdrawal. */
export const isAsked = (job: Job): boolean => !isUpload(job) && !isWithdrawal(job);

/** Something left for it, and it ended without what that was for. */
const isLoss = ({ status, purchase, proof }: Job): boolean =>
  purchase?.firstSentAt !== undefined &&
  proof?.state !== 'dead' &&
  (status === 'undelivered' || status === 'unresolved');

function checkEnding(
  { watchdog }: World,
  job: Job,
  events: readonly JobEnded[],
  resolutions: readonly PaymentResolved[],
): unknown {
  const breach = (what: string) => watchdog.breach(`${what} (job ${job.jobId}, ${job.status})`);
  if (!job.end) return breach('I4: no end');
  if (job.announcedAt === undefined) breach('I4: an end that is not announced');
  if (job.dueAt !== undefined) breach('a finished job is still due');
  if (new Set(events.map(({ id }) => id)).size !== (isAsked(job) ? 1 : 0))
    breach(`I4: ${events.length} announcements`);
  if (events.some((event) => event.status !== job.status || event.caller !== job.caller))
    breach('I4: an announcement of another end');
  if (events.some((event) => !jobEndedSchema.safeParse(event).success))
    breach('an event does not fit its contract');
  if (new Set(events.map(({ money, uploads }) => JSON.stringify([money, uploads]))).size > 1)
    breach('an announcement that is repeated says something else');
  checkResolutions(job, events, resolutions, breach);
  if (resolutions.some((event) => !paymentResolvedSchema.safeParse(event).success))
    breach('a resolution does not fit its contract');
}

/** Who was told that money is open, or spent where it was not, is told what became of it, of each payment once; nobody else is. */
function checkResolutions(
  job: Job,
  events: readonly JobEnded[],
  resolutions: readonly PaymentResolved[],
  breach: (what: string) => void,
): void {
  const [event] = events;
  const open = event?.money === 'open' ? event : undefined;
  const { own } = job.end ?? {};
  if (own === 'open' && event && (event.money !== 'open' || event.payment?.transaction !== undefined))
    breach('an end that says more of its money than was known');
  const isNews = own === 'open' || job.status === 'unresolved' || job.proof?.state === 'dead';
  const owed = new Set([
    ...(isAsked(job) && job.proof && own !== 'proven' && isNews ? ['its own'] : []),
    ...(open?.uploads ?? []).flatMap(({ jobId, money }) => (money === 'open' ? [jobId] : [])),
  ]);
  for (const { upload = 'its own', outcome } of new Map(resolutions.map((one) => [one.id, one])).values()) {
    if (!owed.delete(upload)) breach(`I4: a resolution too many, of ${upload}`);
    if (upload === 'its own' && outcome !== job.proof?.state) breach('a resolution of another outcome');
  }
  if (owed.size > 0) breach(`I4: no resolution of ${[...owed].join(' and ')}`);
  if (moneyOf(job) === 'open') breach('I5: its money is open when all is known');
}

function checkMoney({ watchdog }: World, job: Job, headers: readonly string[], moved: boolean): unknown {
  const breach = (what: string) => watchdog.breach(`${what} (job ${job.jobId}, ${job.status})`);
  const { purchase, proof } = job;
  if (payingCaller(job) === penniless && (job.status !== 'refused' || purchase || isUpload(job)))
    breach('I2: something was done for a caller who has nothing');
  if (new Set(headers).size > 1) breach('I1: two signatures left for one purchase');
  if (headers.length > 3) breach(`the same bytes left ${headers.length} times`);
  if (purchase?.firstSentAt === undefined && headers.length > 0) breach('I3: sent, and not written down');
  if (purchase?.firstSentAt !== undefined && !proof) return breach('I5: an authorization that is not closed');
  if (moved && proof?.state !== 'settled') breach('I5: settled on the chain, and not in the ledger');
  if (!moved && proof?.state === 'settled') breach('I5: settled in the ledger, and not on the chain');
  if ((job.status === 'refused' || job.status === 'unpaid') && moved) breach('paid, and called unpaid');
  // What its uploads cost was written down at its end, when it was a claim.
  if (!job.uploads && (moneyOf(job) === 'spent') !== moved) breach(`money is called ${moneyOf(job)}`);
}

function checkChain({ watchdog, chain, memory }: World, jobs: readonly Job[]): void {
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  const settled = new Map<string, number>();
  let spent = 0;
  for (const { kind, nonce = '', transfer } of chain.included()) {
    if (kind !== 'used' || !transfer) continue;
    const job = byId.get(watchdog.owners.get(nonce) ?? '');
    if (!job?.purchase) watchdog.breach(`I6: nonce ${nonce} is nobody's`);
    else {
      settled.set(job.jobId, (settled.get(job.jobId) ?? 0) + 1);
      if (transfer.value !== job.purchase.amountAtomic || transfer.to !== job.purchase.payTo)
        watchdog.breach(`I6: job ${job.jobId} was settled otherwise than reserved`);
    }
    if (transfer.to !== simTreasury) spent += Number(transfer.value);
  }
  for (const [jobId, times] of settled)
    if (times > 1) watchdog.breach(`I1: job ${jobId} was paid ${times} times`);
  const committed = Object.entries(memory.budgets())
    .filter(([key]) => isDaily(key) && key.endsWith('#total'))
    .reduce((sum, [, row]) => sum + row.committed, 0);
  if (committed !== spent) watchdog.breach(`I2: ${spent} was paid, ${committed} is committed`);
}

function checkPictures({ watchdog, storage, seller }: World, jobs: readonly Job[]): void {
  const made = new Map(seller.made.map((one) => [one.sellerJobId, one]));
  const delivered = new Map<string, string>();
  for (const job of jobs) {
    if (job.status !== 'delivered' || !isAsked(job)) continue;
    const breach = (what: string) => watchdog.breach(`${what} (job ${job.jobId})`);
    const { sellerJobId = '', asset } = job;
    const source = made.get(sellerJobId);
    const entry = offeringOf(job.offering);
    const bytes = storage.objects.get(asset?.key ?? '');
    if (!source || !entry || !bytes?.equals(pictureOf(`${sellerJobId}.webp`)))
      breach('a picture was delivered that was not made for it');
    else if (
      !sameRequest(entry, bodyToSend(job), JSON.parse(source.body)) &&
      source.nonce !== job.purchase?.nonce.toLowerCase()
    )
      watchdog.seen.set("a garbled answer gave another's picture", 1);
    if (delivered.has(sellerJobId)) breach(`I10: its picture is also job ${delivered.get(sellerJobId)}'s`);
    delivered.set(sellerJobId, job.jobId);
  }
}
