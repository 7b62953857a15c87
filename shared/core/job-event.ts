import type { FrozenAuthorization } from './authorization.ts';
import type { Hold } from './budget.ts';
import type { Reason } from './errors.ts';
import type { Asset, Earmark, NeededUpload, Proof, SettlementClaim, UploadLeave } from './job-record.ts';
import type { Quarantined, Released } from './refused-result.ts';

/** What can happen to a job. Times are Unix milliseconds. */
export type JobEvent = { readonly at: number } & (
  | { readonly type: 'postponed'; readonly untilAt: number }
  | { readonly type: 'cancelled' }
  | {
      readonly type: 'uploading';
      readonly uploads: readonly NeededUpload[];
      /** Held in the same write; absent where every upload is delivered already. */
      readonly earmark?: Earmark;
    }
  /** An upload begins, and owns from here on what was held for its slot. */
  | { readonly type: 'uploadBegun'; readonly uploadId: string }
  /** Every file has its place: this is what will be sent. */
  | { readonly type: 'prepared'; readonly sent: string; readonly uploads: readonly NeededUpload[] }
  | {
      readonly type: 'reserved';
      readonly purchaseId: string;
      readonly generation: number;
      readonly authorization: FrozenAuthorization;
      readonly decimals: number;
      readonly day: string;
      readonly holds: readonly Hold[];
      /** Key of the payee's exposure row, where the payment is sent to a payee. */
      readonly unseen?: string;
    }
  | {
      readonly type: 'authorized' | 'sending';
      readonly leaseUntil: number;
      /** Of what was signed, where it is a whole transaction: known before anybody has it. */
      readonly transaction?: string | undefined;
    }
  | {
      readonly type: 'unsettled';
      readonly evidence: string;
      /** The same bytes would be answered the same. */
      readonly final?: boolean;
      readonly settlement?: SettlementClaim | undefined;
      /** The seller wants no more requests before this. */
      readonly retryAt?: number;
    }
  | { readonly type: 'lookedUp' | 'requeued' }
  | {
      readonly type: 'submitted';
      readonly sellerJobId: string;
      readonly settlement?: SettlementClaim | undefined;
      /** Of an upload. */
      readonly leave?: UploadLeave | undefined;
    }
  /** An upload's file is at the seller. */
  | { readonly type: 'stored'; readonly blobUrl: string }
  | { readonly type: 'workflowStarted'; readonly run: number }
  | {
      readonly type: 'rendered';
      readonly url: string;
      readonly thumbnailUrl?: string | undefined;
      /** After the seller took it, when it was last seen running; not known of a job that was finished before. */
      readonly ranSeconds?: number | undefined;
    }
  /** The seller answered 403, 404 or 410 for the job at two polls in a row: evidence against it, and no end. */
  | { readonly type: 'denied' }
  /** Inspection refused a result; its bytes, where they are kept. */
  | { readonly type: 'assetFailed'; readonly reason: string; readonly quarantined?: Quarantined | undefined }
  /** The result lies on an origin that the pin does not allow; it lies on none any more, or the origin is allowed. */
  | { readonly type: 'held'; readonly origin: string }
  | { readonly type: 'unheld' }
  /** An operator gave the caller of a job that had ended, or removed, what was in quarantine. */
  | { readonly type: 'released'; readonly released: Released }
  | { readonly type: 'discarded'; readonly key: string }
  | { readonly type: 'delivered'; readonly asset: Asset }
  /** Nothing was signed for it; what its uploads cost by then, where it had any. */
  | { readonly type: 'refused'; readonly reason: Reason; readonly uploads?: readonly NeededUpload[] }
  | { readonly type: 'unresolved'; readonly reason: Reason }
  | { readonly type: 'undelivered'; readonly reason: Reason; readonly sellerSays?: string | undefined }
  /** A final block shows what became of the authorization. */
  | { readonly type: 'proven'; readonly proof: Proof }
  /** After its end: what became of its uploads' money, as far as it is known. */
  | { readonly type: 'uploadsAsked'; readonly uploads: readonly NeededUpload[] }
  | { readonly type: 'announced' | 'resolutionAnnounced' }
  /** The deadline of a job that the seller had ended: its payment is exposed no longer. */
  | { readonly type: 'exposureOver' }
);
