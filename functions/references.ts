import type { Ledger } from '../shared/aws/dynamodb.ts';
import type { CallerUploads } from '../shared/aws/dynamodb-uploads.ts';
import { pictureFormats } from '../shared/core/offering.ts';
import { isPublicUrl, parseReference } from '../shared/core/reference.ts';
import { quarantinePrefix } from '../shared/core/refused-result.ts';

/** What is needed to tell where a reference leads. */
export interface Library {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly uploads: Pick<CallerUploads, 'read'>;
  /** Of delivered pictures and of callers' uploads. */
  readonly bucketName: string;
  /** Others whose objects may be named as `s3://bucket/key`. */
  readonly referenceBuckets: readonly string[];
  /** Origins that a reference may name although they are not public, exactly. */
  readonly knownOrigins: readonly string[];
}

export type Found =
  /** The seller fetches it itself. */
  { readonly url: string } | { readonly bucket: string; readonly key: string } | { readonly refused: string };

/**
 * Where a caller's reference leads. What belongs to somebody else is not there; the file itself is not
 * looked at yet.
 */
export async function findReference(library: Library, caller: string, text: string): Promise<Found> {
  const reference = parseReference(text);
  switch (reference?.kind) {
    case 'url':
      return isPublicUrl(reference.url, library.knownOrigins)
        ? { url: reference.url }
        : { refused: 'is not an https address of a public host' };
    case 'object':
      // Whatever buckets the settings list: what inspection refused is nobody's media.
      if (reference.bucket === library.bucketName && reference.key.startsWith(quarantinePrefix))
        return { refused: 'is in quarantine' };
      return library.referenceBuckets.includes(reference.bucket)
        ? { bucket: reference.bucket, key: reference.key }
        : { refused: `names the bucket ${reference.bucket}, which is not allow-listed` };
    case 'upload': {
      const upload = await library.uploads.read(reference.uploadId);
      return upload?.caller === caller
        ? { bucket: library.bucketName, key: upload.key }
        : { refused: 'is no upload of yours' };
    }
    case 'job': {
      const job = await library.ledger.read(reference.jobId);
      const isPicture = (pictureFormats as readonly string[]).includes(job?.asset?.format ?? '');
      return job?.asset && isPicture && job.caller === caller
        ? { bucket: library.bucketName, key: job.asset.key }
        : { refused: 'is no delivered picture of yours' };
    }
    default:
      return { refused: 'is no reference' };
  }
}
