import { createHash } from 'node:crypto';
import { hearManifests } from '../../functions/intake/hear-manifest.ts';
import type { ManifestDesk } from '../../functions/intake/manifest-desk.ts';
import { receiveManifest } from '../../functions/intake/receive-manifest.ts';
import { sweepManifests } from '../../functions/sweeper/sweep-manifests.ts';
import type { Manifests } from '../../shared/aws/dynamodb-manifests.ts';
import type { ManifestFiles } from '../../shared/aws/s3-manifests.ts';
import { type Notices, noticeSchemas } from '../../shared/contracts/event.ts';
import {
  type LineResult,
  lineResultSchema,
  type ManifestMessage,
  type Plan,
  planSchema,
  type Refusal,
} from '../../shared/contracts/manifest.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { type Manifest, manifestSchema } from '../../shared/core/manifest.ts';
import { policy } from '../core/offers.ts';
import { type Booth, openBooth, type Watch, watched } from './booth.ts';
import { caller, happened, jobAfter } from './jobs.ts';

/** Manifests by the contract of the port, on a Map. */
export function memoryManifests(): Manifests {
  const rows = new Map<string, Manifest>();
  return {
    read: async (manifestId) => structuredClone(rows.get(manifestId)),
    async write(after) {
      if ((rows.get(after.manifestId)?.version ?? 0) !== after.version - 1) return 'conflict';
      rows.set(after.manifestId, manifestSchema.parse(structuredClone(after)));
      return 'written';
    },
    overdue: async (now, most) =>
      [...rows.values()]
        .filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
        .toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt))
        .slice(0, most)
        .map(({ manifestId }) => manifestId),
  };
}

type Notice = { [Name in keyof Notices]: { name: Name; detail: Notices[Name] } }[keyof Notices];

const inboxName = 'inbox';

/** A deployment in memory with a manifest door; a job ends when the test says so. */
export function openManifestBooth(ceilingAtomic = 100_000_000n) {
  const booth = openBooth();
  const inbox = new Map<string, Uint8Array>();
  const plans = new Map<string, string>();
  const lines = new Map<string, LineResult>();
  const results = new Map<string, { lines: string; table: string }>();
  const refusals = new Map<string, Refusal & { lines: Plan['bad'] }>();
  const notices: Notice[] = [];
  const woken: string[] = [];
  const warnings: string[] = [];
  const etagOf = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

  const files: ManifestFiles = {
    async keepPlan(plan) {
      if (!plans.has(plan.manifestId)) plans.set(plan.manifestId, JSON.stringify(plan));
      return planSchema.parse(JSON.parse(plans.get(plan.manifestId) ?? ''));
    },
    async readPlan(manifestId) {
      const plan = plans.get(manifestId);
      return plan === undefined ? undefined : (JSON.parse(plan) as Plan);
    },
    putLine: async (manifestId, result) =>
      void lines.set(`${manifestId} ${result.line}`, lineResultSchema.parse(result)),
    putResults: async (manifestId, text, table) => void results.set(manifestId, { lines: text, table }),
    putRefusal: async (manifestId, refusal) => void refusals.set(manifestId, refusal),
  };
  const ports = {
    inbox: {
      async read(key: string, longestBytes: number) {
        const bytes = inbox.get(key);
        if (!bytes) return { missing: true } as const;
        const etag = etagOf(bytes);
        return bytes.length > longestBytes ? { tooLong: bytes.length, etag } : { bytes, etag };
      },
      drop: async (key: string, bytes: Uint8Array) => void inbox.set(key, bytes),
    },
    files,
    manifests: memoryManifests(),
    notices: {
      post: async <Name extends keyof Notices>(name: Name, detail: Notices[Name]) =>
        void notices.push({ name, detail: noticeSchemas[name].parse(detail) } as Notice),
    },
    manifestQueue: { send: async (manifestId: string) => void woken.push(manifestId) },
  };

  function desk(watch: Watch = async () => undefined): ManifestDesk & typeof ports {
    const mine = Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, watched(name, port, watch)]),
    ) as typeof ports;
    return {
      ...booth.process(watch).ports,
      ...mine,
      inboxName,
      policy,
      ceilingAtomic,
      newId: () => {
        throw new Error('A manifest has no use for chance.');
      },
      warn: (message) => void warnings.push(message),
    };
  }

  const endsAt = () => booth.clock.now + 60_000;
  return {
    booth,
    inbox,
    lines,
    results,
    refusals,
    notices,
    warnings,
    woken,
    desk,

    /** Puts a file into the inbox and brings the notification, once. */
    async drop(key: string, content: string | Uint8Array, watch?: Watch, as = caller): Promise<void> {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      inbox.set(key, bytes);
      await this.notify(key, watch, as);
    },

    async notify(key: string, watch?: Watch, as = caller): Promise<void> {
      const encodedKey = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
      await receiveManifest(
        desk(watch),
        {
          principalId: `AWS:${as}:a-session`,
          bucket: inboxName,
          encodedKey,
          etag: etagOf(inbox.get(key) ?? new Uint8Array()),
        },
        endsAt(),
      );
    },

    /** Brings messages of the manifests' queue, in one batch. @returns how many must come again */
    async hear(messages: readonly ManifestMessage[], watch?: Watch): Promise<number> {
      const heard = messages.map((message, index) => ({ messageId: String(index), message }));
      return (await hearManifests(desk(watch), heard, endsAt())).length;
    },

    /** A minute later: the sweeper, and whom it wakes. */
    async sweep(watch?: Watch): Promise<void> {
      booth.clock.now += 61_000;
      await sweepManifests(desk());
      for (const manifestId of woken.splice(0)) await this.hear([{ manifestId }], watch);
    },
  };
}

export type ManifestBooth = ReturnType<typeof openManifestBooth>;

/** Ends a job with a picture, as payer and workflow would. @returns its event, as the bus brings it */
export function deliverJob({ ledger }: Booth, job: Job): ManifestMessage {
  const reserved = jobAfter(job, happened.reserved(job));
  const ended = jobAfter(
    reserved,
    happened.authorized(),
    happened.submitted(`cmn${job.jobId}`),
    happened.workflowStarted(),
    happened.rendered(),
    happened.delivered(),
  );
  ledger.put(ended);
  if (!job.manifest) throw new Error(`Job ${job.jobId} is of no manifest.`);
  return { detail: { jobId: job.jobId, manifest: job.manifest } };
}

/** Ends a job without a picture, and without having paid. */
export function refuseJob({ ledger }: Booth, job: Job): ManifestMessage {
  ledger.put(jobAfter(job, happened.refused()));
  if (!job.manifest) throw new Error(`Job ${job.jobId} is of no manifest.`);
  return { detail: { jobId: job.jobId, manifest: job.manifest } };
}
