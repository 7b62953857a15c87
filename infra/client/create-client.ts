import type { Accepted, JobAnswer, JobList, UploadGrant } from '../../shared/contracts/http.ts';
import type { ModelList, Quoted } from '../../shared/contracts/http-offers.ts';
import { apiPath } from './api-path.ts';
import { idempotencyKeyForm, idempotencyKeyWords } from './idempotency-key.ts';
import { Problem, problemOf } from './problem.ts';
import type { Controls, Requests } from './requests.ts';
import { type ClientOptions, transport } from './transport.ts';

export { Problem, type ProblemName } from './problem.ts';
export type { ClientOptions, Sign, UnsignedRequest } from './transport.ts';
export type { Controls, JobAnswer as Job, JobList, ModelList, Quoted, Requests, UploadGrant };

/** Names of the catalogue, `model/operation`. */
export type OfferingName = keyof Requests;
export type EditName = Extract<OfferingName, `${string}/edit`>;
export type GenerateName = Exclude<OfferingName, EditName>;
/** What may be asked of an entry: the seller's own fields, and what the booth is told beside them. */
export type RequestOf<Name extends OfferingName> = Requests[Name] & Controls;

export type EndedJob = Extract<JobAnswer, { status: 'complete' | 'failed' }>;

export interface Asking {
  /**
   * Your own name for the request: under the same name the same request is the same job, for 30 days. Without it one is
   * drawn for this call, so that its repetitions are one purchase.
   */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface JobsQuery {
  readonly status?: JobAnswer['status'];
  /** `flux-2-pro`, or `flux-2-pro/generate`. */
  readonly model?: string;
  /** Accepted then or later; accepted before. */
  readonly since?: Date;
  readonly until?: Date;
  readonly limit?: number;
  readonly cursor?: string;
}

/** A booth's API, for its callers. Every method throws a `Problem` when it is refused or not answered. */
export interface Client {
  readonly origin: string;
  /** Takes a job that makes something new, and pays for it. */
  generate<Name extends GenerateName>(
    model: Name,
    request: RequestOf<Name>,
    asking?: Asking,
  ): Promise<Accepted>;
  /** Takes a job that changes pictures, and pays for it. */
  edit<Name extends EditName>(model: Name, request: RequestOf<Name>, asking?: Asking): Promise<Accepted>;
  /** The same for a name and fields that are only known when the program runs; the API checks them. */
  submit(model: string, request: Readonly<Record<string, unknown>>, asking?: Asking): Promise<Accepted>;
  /** What a request would cost now, and whether it would be paid; spends and signs nothing. */
  quote<Name extends OfferingName>(model: Name, request: RequestOf<Name>): Promise<Quoted>;
  quote(model: string, request: Readonly<Record<string, unknown>>): Promise<Quoted>;
  /**
   * Where a job is.
   * @param wait seconds to wait for its end (`Infinity`: until it has one); without an end it answers where it is by then
   */
  job(jobId: string, options?: { readonly wait?: number; readonly signal?: AbortSignal }): Promise<JobAnswer>;
  /** A page of your jobs, newest first. */
  jobs(query?: JobsQuery): Promise<JobList>;
  /** Cancels a job of which nothing is signed; after that it is `TooLate`. */
  cancel(jobId: string): Promise<JobAnswer>;
  /** Puts a file of yours where a request can name it. @returns its reference, such as `upload:ID` */
  upload(bytes: Uint8Array, contentType: UploadType): Promise<UploadGrant>;
  /** Everything that can be asked for. */
  models(): Promise<ModelList>;
}

export type UploadType = 'image/png' | 'image/jpeg' | 'image/webp';

/** As long as an HTTP API waits for its function, and a little less. */
const longestWaitSeconds = 20;

/** Speaks to the booth at an origin. */
export function createClient(options: ClientOptions): Client {
  const send = transport(options);
  const { fetch = globalThis.fetch } = options;
  const submit = async (model: string, body: object, asking: Asking = {}): Promise<Accepted> => {
    const key = asking.idempotencyKey ?? globalThis.crypto.randomUUID();
    if (!idempotencyKeyForm.test(key))
      throw new Problem('InputInvalid', 'Wrong: idempotencyKey.', {
        fields: [{ field: 'idempotencyKey', message: idempotencyKeyWords }],
      });
    return send<Accepted>({
      method: 'POST',
      path: apiPath.generate(model),
      body,
      headers: { 'idempotency-key': key },
      isRepeatable: true,
      signal: asking.signal,
    });
  };
  return {
    origin: options.origin,
    generate: submit,
    edit: submit,
    submit,
    quote: (model: string, request: Readonly<Record<string, unknown>>) =>
      send<Quoted>({ method: 'POST', path: '/api/quote', body: { ...request, model }, isRepeatable: true }),
    async job(jobId, { wait = 0, signal } = {}) {
      const path = apiPath.job(jobId);
      const until = Date.now() + wait * 1000;
      for (;;) {
        const seconds = Math.min(longestWaitSeconds, Math.ceil((until - Date.now()) / 1000));
        const headers = seconds > 0 ? { prefer: `wait=${seconds}` } : {};
        const job = await send<JobAnswer>({ path, headers, isRepeatable: true, signal });
        if (isEnded(job) || Date.now() >= until) return job;
      }
    },
    jobs: ({ since, until, limit, ...query } = {}) =>
      send<JobList>({
        path: `/api/jobs?${new URLSearchParams({
          ...query,
          ...(since && { since: since.toISOString() }),
          ...(until && { until: until.toISOString() }),
          ...(limit !== undefined && { limit: String(limit) }),
        })}`,
        isRepeatable: true,
      }),
    // Cancelling again changes nothing.
    cancel: async (jobId) =>
      send<JobAnswer>({ method: 'DELETE', path: apiPath.job(jobId), isRepeatable: true }),
    async upload(bytes, contentType) {
      const body = { contentType, size: bytes.byteLength };
      const grant = await send<UploadGrant>({
        method: 'POST',
        path: '/api/upload',
        body,
        isRepeatable: true,
      });
      const put = await fetch(grant.url, {
        method: grant.method,
        headers: grant.headers,
        body: bytes.slice(),
      });
      if (!put.ok) throw await problemOf(put);
      return grant;
    },
    models: () => send<ModelList>({ path: '/api/models', isRepeatable: true }),
  };
}

/** Whether nothing more will happen to a job. */
export const isEnded = (job: JobAnswer): job is EndedJob =>
  job.status === 'complete' || job.status === 'failed';
