import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { derivedId } from '../../functions/derived-id.ts';
import { knownTimes } from '../../functions/known-times.ts';
import { pay } from '../../functions/payer/pay.ts';
import type { Payer, Run } from '../../functions/payer/payer.ts';
import { deliver } from '../../functions/poller/deliver.ts';
import { poll } from '../../functions/poller/poll.ts';
import type { HeldHost } from '../../shared/aws/dynamodb-hosts.ts';
import type { ModelTimesLedger } from '../../shared/aws/dynamodb-times.ts';
import type { CallerUpload } from '../../shared/aws/dynamodb-uploads.ts';
import type { AssetStore } from '../../shared/aws/s3-assets.ts';
import type { FileStore } from '../../shared/aws/s3-files.ts';
import type { Workflows } from '../../shared/aws/sfn.ts';
import type { JobEnded, PaymentResolved } from '../../shared/contracts/event.ts';
import type { PaymentMessage } from '../../shared/contracts/message.ts';
import type { Reading } from '../../shared/contracts/metrics.ts';
import { inlineKey } from '../../shared/core/asset.ts';
import { type Limits, limitsSchema } from '../../shared/core/budget.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { ModelTimes, TimesKey } from '../../shared/core/model-times.ts';
import { knownOrigins, type SellerPolicy } from '../../shared/core/policy.ts';
import type { Timings } from '../../shared/core/timings.ts';
import type { Treasuries } from '../../shared/core/withdrawal.ts';
import type { Download } from '../../shared/seller/download.ts';
import type { Seller } from '../../shared/seller/seller.ts';
import { policy as basePolicy } from '../core/offers.ts';
import { deployment, newJob, start, timings, wallet } from './jobs.ts';
import { memoryFile } from './memory-file.ts';
import { memoryLedger } from './memory-ledger.ts';
import { scriptedSeller } from './scripted-seller.ts';

export const webp = await sharp({
  create: { width: 1000, height: 1000, channels: 3, background: '#c63' },
})
  .webp()
  .toBuffer();

/** What a host gives: a file's bytes, or what a download makes of anything else. */
export type Fetched = { readonly bytes: Buffer } | Exclude<Download, { file: unknown }>;

export interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly disposition?: 'inline' | 'attachment';
}

/** Told of every call of a port before it is made; what it returns is awaited around the call. */
export type Watch = (name: string, args: readonly unknown[]) => Promise<(() => void) | undefined>;

/** A crash of the process, at a call of one of its ports. */
export class Crash extends Error {}

/** The same port, its calls watched. */
export function watched<Port extends object>(name: string, port: Port, watch: Watch): Port {
  return new Proxy(port, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const afterwards = await watch(`${name}.${String(member)}`, args);
        const result: unknown = await Reflect.apply(value, target, args);
        afterwards?.();
        return result;
      };
    },
  });
}

/** What a task of the workflow says of a job that is not delivered: no failure of the process. */
export const isAnswer = (name: string): boolean =>
  /^(StillRunning\d*|RunOver|AssetUnavailable|GenerationFailed)$/.test(name);

/** A whole deployment in memory, on a clock that only its own waiting moves. */
export function openBooth(
  change: Partial<Timings> = {},
  terms: Partial<SellerPolicy> = {},
  spending: {
    readsChain?: boolean | Payer['readsChain'];
    limits?: Partial<Limits>;
    treasuries?: Treasuries;
  } = {},
) {
  const policy: SellerPolicy = { ...basePolicy, ...terms };
  const clock = { now: start };
  const ledger = memoryLedger();
  const scripted = scriptedSeller(clock);
  const signatures: unknown[] = [];
  const runs = new Set<string>();
  const events: JobEnded[] = [];
  const resolutions: PaymentResolved[] = [];
  const objects = new Map<string, StoredObject>();
  /** Objects of other buckets, by bucket and key. */
  const files = new Map<string, Buffer>();
  const uploads = new Map<string, CallerUpload>();
  /** What is known of the models' times, by offering and size. */
  const times = new Map<string, ModelTimes>();
  const timesRow = ({ offering, size }: TimesKey): string => `${offering} ${size}`;
  const [allowedHosts, heldHosts] = [new Set<string>(), new Map<string, HeldHost>()];
  const counted: Reading[] = [];
  const queued: { jobId: string; group: string }[] = [];
  /** What the payer was asked to erase, message by message. */
  const erasures: { erase: string[] }[] = [];

  const ports = {
    ledger,
    headers: ledger.headers,
    seller: scripted as Seller,
    wallet: {
      address: wallet.address,
      signTypedData: ((definition) => {
        signatures.push(definition);
        return wallet.signTypedData(definition);
      }) as typeof wallet.signTypedData,
    },
    charges: {
      async sign(...charge: Parameters<NonNullable<Payer['signCharge']>>) {
        signatures.push(charge[0]);
        // Large, and of no use to the tests of the first rail.
        const { chargeCredential } = await import('../../shared/protocol/mpp-credential.ts');
        return chargeCredential(wallet, ...charge);
      },
    },
    workflows: {
      start: async (_kind, name) => void runs.add(name),
    } satisfies Workflows as Workflows,
    times: {
      read: async (key) => structuredClone(times.get(timesRow(key))),
      put: async (key, learned) => void times.set(timesRow(key), structuredClone(learned)),
    } satisfies Pick<ModelTimesLedger, 'read' | 'put'> as Pick<ModelTimesLedger, 'read' | 'put'>,
    announcements: {
      put: async (detail: JobEnded | PaymentResolved) =>
        void ('outcome' in detail ? resolutions.push(detail) : events.push(detail)),
    },
    pictures: {
      presign: async (key: string, seconds: number) => `https://bucket.test/${key}?expires=${seconds}`,
    },
    assets: {
      putFile: async (key, file, contentType, metadata, disposition) => {
        const bytes = await buffer(file.stream());
        objects.set(key, { bytes, contentType, metadata, ...(disposition && { disposition }) });
      },
      putJson: async (key, text) =>
        void objects.set(key, { bytes: Buffer.from(text), contentType: 'application/json' }),
    } satisfies AssetStore as AssetStore,
    inlineResults: {
      put: async (jobId: string, bytes: Uint8Array) =>
        void objects.set(inlineKey(jobId), { bytes: Buffer.from(bytes), contentType: '' }),
    },
    queue: {
      send: async (message: PaymentMessage, group: string) =>
        void ('erase' in message ? erasures.push(message) : queued.push({ jobId: message.jobId, group })),
      hide: async () => {},
    },
    files: {
      read: async (bucket: string, key: string, longestBytes: number) => {
        const bytes = (bucket === 'pictures' ? objects.get(key)?.bytes : files.get(`${bucket}/${key}`)) ?? [];
        if (bytes.length > longestBytes) return { tooLong: longestBytes };
        return bytes.length > 0 ? { bytes: Buffer.from(bytes) } : ({ missing: true } as const);
      },
    } satisfies FileStore,
    uploads: {
      put: async (upload: CallerUpload) => void uploads.set(upload.uploadId, upload),
      read: async (uploadId: string) => uploads.get(uploadId),
    },
    hosts: {
      isAllowed: async (origin: string) => allowedHosts.has(origin),
      noteHeld: async (held: HeldHost) => void heldHosts.set(held.origin, held),
    },
    downloads: { get: async (_url: string): Promise<Fetched> => ({ bytes: webp }) },
    run: { beforeSending: async () => {} },
  };

  /** The ports of one process, and what it has beside them. */
  function process(watch: Watch = async () => undefined, endsIn = 60_000) {
    const mine = Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, watched(name, port, watch)]),
    ) as typeof ports;
    const beside = {
      signCharge: (...charge: Parameters<NonNullable<Payer['signCharge']>>) => mine.charges.sign(...charge),
      keyId: 'alias/wallet',
      bucketName: 'pictures',
      referenceBuckets: ['allowed-bucket'],
      knownOrigins: knownOrigins(policy),
      uploadId: (sha256: string, edition: number) => derivedId(sha256, String(edition)),
      control: ledger.control,
      limits: limitsSchema.parse({ total: 100_000_000, ...spending.limits }),
      treasuries: spending.treasuries ?? {},
      readsChain:
        typeof spending.readsChain === 'function' ? spending.readsChain : () => spending.readsChain === true,
      timesOf: knownTimes({ read: (key) => ports.times.read(key) }, () => clock.now),
      deployment,
      policy,
      timings: { ...timings, ...change },
      count: (readings: readonly Reading[]) => void counted.push(...readings),
      clock: () => clock.now,
      sleep: async (milliseconds: number) => {
        clock.now += Math.ceil(milliseconds);
      },
      download: async (url: string): Promise<Download> => {
        const fetched = await mine.downloads.get(url);
        return 'bytes' in fetched ? { file: memoryFile(fetched.bytes) } : fetched;
      },
    };
    const run: Run = { endsAt: clock.now + endsIn, beforeSending: () => mine.run.beforeSending() };
    return { ports: { ...mine, ...beside }, run };
  }

  const read = async (jobId: string): Promise<Job> => {
    const job = await ledger.read(jobId);
    if (!job) throw new Error(`There is no job ${jobId}.`);
    return job;
  };

  return {
    clock,
    ledger,
    seller: scripted,
    signatures,
    runs,
    events,
    resolutions,
    objects,
    files,
    uploads,
    times,
    queued,
    erasures,
    allowedHosts,
    heldHosts,
    counted,
    ports,
    process,
    read,

    async accept(change?: Parameters<typeof newJob>[0]): Promise<Job> {
      const job = newJob({ now: clock.now, ...change });
      await ledger.accept(job);
      return job;
    },

    /** One delivery of the job's message; gives the job as it is put down. */
    async pay(jobId: string, watch?: Watch, endsIn?: number): Promise<Job> {
      const { ports: payer, run } = process(watch, endsIn);
      await pay(payer, jobId, run);
      return read(jobId);
    },

    /** The payer, and the workflow's two tasks once a run was started: all in one process. */
    async turn(jobId: string, watch?: Watch): Promise<void> {
      const { ports: mine, run } = process(watch);
      const job = await pay(mine, jobId, run);
      if (job?.status !== 'submitted' || !runs.has(`${jobId}-1`)) return;
      const startedAt = job.workflow?.startedAt ?? job.submittedAt ?? clock.now;
      await poll(mine, jobId, { startedAt, endsAt: run.endsAt + 60_000 });
      await deliver(mine, jobId);
    },

    /** Turns a minute apart, as the sweeper would bring them about, until the job is finished. */
    async finish(jobId: string): Promise<Job> {
      for (let turns = 0; turns < 60; turns += 1) {
        await this.turn(jobId).catch((error: Error) => {
          if (!isAnswer(error.name)) throw error;
        });
        const job = await read(jobId);
        if (job.announcedAt !== undefined) return job;
        clock.now += 61_000;
      }
      throw new Error(`Job ${jobId} comes to no end.`);
    },
  };
}

export type Booth = ReturnType<typeof openBooth>;

/** An edit of pictures that lie in an allow-listed bucket, unless other references are given. */
export async function acceptEdit(
  booth: Booth,
  images: readonly string[] = ['s3://allowed-bucket/kite.webp'],
  change: Parameters<typeof newJob>[0] = {},
): Promise<Job> {
  booth.files.set('allowed-bucket/kite.webp', webp);
  return booth.accept({
    offering: 'flux-2-pro/edit',
    body: JSON.stringify({ prompt: 'a kite, at night', images }),
    references: images.filter((image) => !image.startsWith('https:')),
    ...change,
  });
}

/** Crashes a process at its n-th call, and whatever it still tries after that. */
export function crashAt(n: number, when: 'before' | 'after'): Watch & { calls: () => number } {
  let calls = 0;
  const crash = (name: string): never => {
    throw new Crash(`crashed ${when} ${name}`);
  };
  const watch: Watch = async (name) => {
    calls += 1;
    if (calls > n || (calls === n && when === 'before')) crash(name);
    return calls === n ? () => crash(name) : undefined;
  };
  return Object.assign(watch, { calls: () => calls });
}
