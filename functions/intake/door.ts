import type { CallerUploads } from '../../shared/aws/dynamodb-uploads.ts';
import type { PictureStore } from '../../shared/aws/s3.ts';
import type { UploadAddresses } from '../../shared/aws/s3-uploads.ts';
import type { SellerPolicy } from '../../shared/core/policy.ts';
import type { Quote } from '../../shared/seller/quote.ts';
import type { Purse } from '../budget-left.ts';
import type { Intake } from './submit.ts';

/** Everything that the HTTP door touches, handed in; times are Unix milliseconds. */
export interface Door extends Intake, Purse {
  readonly pictures: PictureStore;
  readonly uploads: CallerUploads;
  readonly uploadAddresses: UploadAddresses;
  readonly policy: SellerPolicy;
  /** Asks the seller what a request costs; nothing is signed. */
  readonly askPrice: (path: string, body: string) => Promise<Quote>;
  /** Ends early, without an error, when the signal says so. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What the platform says of one request. */
export interface DoorEnvironment {
  Bindings: {
    caller: string;
    /** When the invocation will be ended. */
    endsAt?: number;
  };
}
