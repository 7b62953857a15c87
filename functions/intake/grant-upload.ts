import type * as z from 'zod';
import type { UploadGrant, uploadRequestSchema } from '../../shared/contracts/http.ts';
import type { Door } from './door.ts';

const addressSeconds = 15 * 60;
/** The bucket forgets the file after as long (`infra/cloud/keep-stack.ts`). */
const keepSeconds = 7 * 86_400;

/**
 * Lets a caller put one file of theirs into the bucket, to name it in a request later. The row that says whose it is
 * comes first: a file that nobody owns could be named by nobody.
 */
export async function grantUpload(
  door: Pick<Door, 'uploads' | 'uploadAddresses' | 'newId' | 'clock'>,
  caller: string,
  { contentType, size }: z.infer<typeof uploadRequestSchema>,
): Promise<UploadGrant> {
  const uploadId = door.newId();
  const key = `uploads/${uploadId}`;
  const nowSeconds = Math.floor(door.clock() / 1000);
  const expiresAt = nowSeconds + keepSeconds;
  await door.uploads.put({ uploadId, caller, key, contentType, bytes: size, expiresAt });
  const { url, headers } = await door.uploadAddresses.presignPut(
    key,
    { contentType, bytes: size },
    addressSeconds,
  );
  return {
    uploadId,
    reference: `upload:${uploadId}`,
    url,
    method: 'PUT',
    headers,
    expiresAt: new Date((nowSeconds + addressSeconds) * 1000).toISOString(),
    keptUntil: new Date(expiresAt * 1000).toISOString(),
  };
}
