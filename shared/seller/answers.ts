import * as z from 'zod';
import type { SettlementClaim, UploadLeave } from '../core/job-record.ts';
import { optional } from '../protocol/absent.ts';
import { parseBoundedJson } from '../protocol/bounded-json.ts';
import { decodeReceipt } from '../protocol/mpp.ts';
import { decodeSettlement } from '../protocol/x402.ts';
import type { Answer, NoAnswer } from './exchange.ts';
import { failureIn } from './failure-words.ts';
import { type FoundResult, findResult, findThumbnail } from './find-result.ts';
import { sellerIdSchema, timeSchema } from './lenient-fields.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** What the seller's answers say: parsed, and never taken for more than a claim. Absent fields may be null or "". */

/** After a paid POST there are two answers only: a job id, or we do not know. */
export type PaidAnswer =
  | {
      readonly sellerJobId: string;
      readonly settlement?: SettlementClaim | undefined;
      /** Of a paid upload, whose id stands in the place of a job's. */
      readonly leave?: UploadLeave;
    }
  /** `final`: the seller finds the request itself wrong, so that sending it again is no use. */
  | {
      readonly unknown: string;
      readonly final?: boolean;
      /** What came with it all the same: a transaction to look for. */
      readonly settlement?: SettlementClaim | undefined;
      /** The pause that the seller asks for. */
      readonly retryAfterSeconds?: number;
    };

export type Sighting =
  | { readonly state: 'running' }
  | ({ readonly state: 'complete'; readonly thumbnailUrl?: string | undefined } & FoundResult)
  /** In the seller's own words, which may echo the prompt. */
  | { readonly state: 'failed'; readonly says?: string | undefined }
  | { readonly state: 'unavailable'; readonly message: string; readonly retryAfterSeconds?: number }
  | { readonly state: 'denied'; readonly message: string };

export interface ListedJob {
  readonly sellerJobId: string;
  readonly input: unknown;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

/** Some sellers wrap it, as they do what they show later. */
const takenSchema = z
  .object({
    success: optional(z.literal(true)),
    jobId: optional(sellerIdSchema),
    data: z.object({ jobId: sellerIdSchema }).optional().catch(undefined),
    job: z
      .union([
        z.object({ jobId: sellerIdSchema }),
        z.object({ id: sellerIdSchema }).transform(({ id }) => ({ jobId: id })),
      ])
      .optional()
      .catch(undefined),
  })
  .transform(({ jobId, data, job }) => ({ jobId: jobId ?? data?.jobId ?? job?.jobId ?? '' }))
  .refine(({ jobId }) => jobId !== '');
/** Of a paid upload. A leave without an end is believed for as long as any is. */
const leaveSchema = z
  .object({
    uploadId: sellerIdSchema,
    clientToken: z
      .string()
      .max(4096)
      .regex(/^[\x21-\x7e]+$/),
    pathname: z.string().min(1).max(1024),
    expiresAt: optional(timeSchema).transform((at = Number.MAX_SAFE_INTEGER) => at),
  })
  .transform(({ uploadId, ...leave }) => ({ jobId: uploadId, leave }));
const confirmedSchema = z.object({ upload: z.object({ blobUrl: z.url().max(2048) }) });
const blobSchema = z.object({ url: z.url().max(2048) });
const jobSchema = z.looseObject({ status: z.string().max(64) });
/** Some sellers wrap what they show: a status around the job is that of the answer. */
const wrappedSchema = z.union([
  z
    .looseObject({ job: jobSchema })
    .transform(({ job, jobId, job_id, id }) => ({ jobId, job_id, id, ...job })),
  z
    .looseObject({ data: jobSchema })
    .transform(({ data, jobId, job_id, id }) => ({ jobId, job_id, id, ...data })),
  jobSchema,
]);
const listSchema = z.union([
  z.array(z.unknown()).max(500),
  z.object({ jobs: z.array(z.unknown()).max(500) }).transform(({ jobs }) => jobs),
]);
const listedSchema = z
  .object({
    jobId: optional(sellerIdSchema),
    id: optional(sellerIdSchema),
    input: z.unknown(),
    createdAt: timeSchema,
  })
  .transform(({ jobId, id, input, createdAt }) => ({ sellerJobId: jobId ?? id ?? '', input, createdAt }))
  .refine(({ sellerJobId }) => sellerJobId !== '');

/** Reads the answer to a paid POST: anything but a job id leaves it open whether money moved. */
export function readPaidAnswer(answer: Answer | NoAnswer): PaidAnswer {
  if ('failed' in answer) return { unknown: `no answer: ${answer.failed}` };
  const settlement = settlementIn(answer);
  const value = json(answer);
  const taken = z.union([takenSchema, leaveSchema]).safeParse(value);
  if (answer.status < 200 || answer.status > 299 || !taken.success)
    return {
      unknown: `status ${answer.status}${reasonIn(answer)}`,
      // A settlement was tried: the request itself was not found wrong.
      ...([400, 413, 422].includes(answer.status) && !settlement && { final: true }),
      settlement,
      ...pauseOf(answer),
    };
  const leave = 'leave' in taken.data ? { leave: taken.data.leave } : {};
  return { sellerJobId: taken.data.jobId, settlement, ...leave };
}

/** The pause that a seller which is down or too busy asks for. */
function pauseOf(answer: Answer): { retryAfterSeconds?: number } {
  const seconds = answer.status === 429 || answer.status >= 500 ? retryAfterSeconds(answer) : undefined;
  return seconds === undefined ? {} : { retryAfterSeconds: seconds };
}

/** On either rail; the chain of a receipt is that of what was signed. */
function settlementIn({ headers }: Answer): SettlementClaim | undefined {
  const settlement = decodeSettlement(headers['payment-response']);
  if (settlement) return settlement;
  const receipt = decodeReceipt(headers['payment-receipt']);
  return receipt && { success: true, network: '', ...receipt };
}

/** Reads the answer of the blob host to a file: where it lies from now on, or why it does not. */
export function readBlob(answer: Answer | NoAnswer): { url: string } | { unavailable: string } {
  if ('failed' in answer) return { unavailable: `the blob host gave no answer (${answer.failed})` };
  const blob = blobSchema.safeParse(json(answer)).data;
  return answer.status === 200 && blob ? blob : { unavailable: `the blob host answers ${answer.status}` };
}

/** Reads the seller's confirmation of an upload: the address under which a request may name the file. */
export function readConfirmation(answer: Answer | NoAnswer): { blobUrl: string } | { unavailable: string } {
  if ('failed' in answer) return { unavailable: `the seller gave no answer (${answer.failed})` };
  const confirmed = confirmedSchema.safeParse(json(answer)).data;
  return answer.status === 200 && confirmed
    ? { blobUrl: confirmed.upload.blobUrl }
    : { unavailable: `the seller answers ${answer.status} to the confirmation` };
}

/**
 * Reads a job. An end word without its picture is not an end yet; an unknown word means it is still running. An answer that
 * carries the id of another job says nothing of this one, and an error without an id says nothing of any.
 */
export function readSighting(answer: Answer | NoAnswer, sellerJobId: string): Sighting {
  if ('failed' in answer) return { state: 'unavailable', message: `no answer: ${answer.failed}` };
  if ([403, 404, 410].includes(answer.status))
    return { state: 'denied', message: `The seller answers ${answer.status} for the job.` };
  const job = wrappedSchema.safeParse(json(answer)).data;
  if (answer.status !== 200 || !job)
    return {
      state: 'unavailable',
      message: `The seller answers ${answer.status} without a job.`,
      ...pauseOf(answer),
    };
  const ids = idsOf(job);
  if (ids.length > 0 && !ids.includes(sellerJobId))
    return { state: 'unavailable', message: 'The seller answers 200 with another job.' };
  const word = job.status.toLowerCase();
  // Servers answer so when they are in trouble themselves.
  if (word === 'error' && ids.length === 0)
    return { state: 'unavailable', message: 'The seller answers 200 with an error and no job.' };
  if (['failed', 'error', 'cancelled', 'canceled'].includes(word))
    return isOfAnother(job, sellerJobId)
      ? { state: 'unavailable', message: 'The seller answers 200 with the failure of another job.' }
      : { state: 'failed', says: failureIn(job) };
  const isComplete = ['complete', 'completed', 'succeeded', 'success', 'ready', 'done', 'finished'].includes(
    word,
  );
  const result = isComplete ? findResult(job) : undefined;
  return result ? { state: 'complete', ...result, thumbnailUrl: findThumbnail(job) } : { state: 'running' };
}

/** Whether a failure names another job further in. Of a result an inner id may be the picture's own. */
function isOfAnother(job: Readonly<Record<string, unknown>>, sellerJobId: string): boolean {
  const inner = [job.job, job.data, job.result, job.error].flatMap((part) =>
    typeof part === 'object' && part !== null ? idsOf(part as Readonly<Record<string, unknown>>) : [],
  );
  const ids = [...idsOf(job), ...inner];
  return ids.length > 0 && !ids.includes(sellerJobId);
}

/** Which job it is, as far as it says so. What is no id is one of another job. */
const idsOf = ({ jobId, job_id, id }: Readonly<Record<string, unknown>>): readonly (string | undefined)[] =>
  [jobId, job_id, id]
    .filter((one) => one !== undefined && one !== null && one !== '')
    .map((one) => sellerIdSchema.safeParse(one).data);

/** Reads a list of jobs; an entry that is none is passed over, an answer that is no list is undefined. */
export function readList(answer: Answer | NoAnswer): readonly ListedJob[] | undefined {
  if ('failed' in answer || answer.status !== 200) return undefined;
  const list = listSchema.safeParse(json(answer)).data;
  return list?.flatMap((entry) => listedSchema.safeParse(entry).data ?? []);
}

const json = (answer: Answer): unknown =>
  parseBoundedJson(answer.body.toString('utf8'), {
    characters: answer.body.length,
    depth: 16,
    exactNumbers: true,
  });

/** A seller's reason code, kept only when it looks like one. */
function reasonIn(answer: Answer): string {
  const { reason } = z.object({ reason: z.string() }).safeParse(json(answer)).data ?? {};
  return reason !== undefined && /^[a-z0-9_]{1,80}$/.test(reason) ? `, ${reason}` : '';
}
