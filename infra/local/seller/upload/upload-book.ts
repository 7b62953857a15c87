import { randomBytes } from 'node:crypto';
import { uniqueId } from '../unique-id.ts';

/** A place for one file, which somebody paid for. */
export interface Upload {
  uploadId: string;
  /** Whoever signed the payment, checksummed: the only wallet that may confirm. */
  payer: string;
  contentType: string;
  /** Where it goes at the blob host. */
  pathname: string;
  /** Lets whoever has it put one file there. */
  clientToken: string;
  /** Of the token, in milliseconds since 1970. */
  expiresAt: number;
  /** The settling transaction; absent while unpaid. */
  transaction?: string;
}

export interface UploadBook {
  /** @param lifeSeconds of the token; below zero gives one that is already dead. */
  open(upload: Pick<Upload, 'payer' | 'contentType'> & { filename: string }, lifeSeconds?: number): Upload;
  find(uploadId: string): Upload | undefined;
  /** @returns the upload whose token it is, while that is alive. */
  admit(clientToken: string): Upload | undefined;
  /** Newest first. */
  all(): Upload[];
}

const TOKEN_SECONDS = 300;

/**
 * The uploads of the seller, in memory.
 *
 * @param clock milliseconds since 1970.
 */
export function createUploadBook({ clock }: { clock: () => number }): UploadBook {
  const uploads = new Map<string, Upload>();
  const byToken = new Map<string, Upload>();
  return {
    open({ filename, ...wanted }, lifeSeconds = TOKEN_SECONDS) {
      const uploadId = uniqueId(clock(), uploads.size);
      const upload: Upload = {
        ...wanted,
        uploadId,
        pathname: `uploads/${uploadId}/${plainName(filename)}`,
        clientToken: `vercel_blob_client_sandbox_${randomBytes(24).toString('hex')}`,
        expiresAt: clock() + lifeSeconds * 1000,
      };
      uploads.set(uploadId, upload);
      byToken.set(upload.clientToken, upload);
      return upload;
    },
    find: (uploadId) => uploads.get(uploadId),
    admit(clientToken) {
      const upload = byToken.get(clientToken);
      return upload !== undefined && clock() < upload.expiresAt ? upload : undefined;
    },
    all: () => [...uploads.values()].reverse(),
  };
}

/** A file's name without anything that means something in a URL. */
function plainName(filename: string): string {
  return filename.replace(/[^\w.-]+/g, '-').slice(-100);
}
