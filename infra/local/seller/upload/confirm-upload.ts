import { z } from 'zod';
import { publicUrl, type Shop, type ShopContext } from '../shop.ts';

/** What a confirmation says. */
export const Confirmation = z.object({
  uploadId: z.string().min(1).describe('From the answer of POST /api/upload'),
  blobUrl: z.url().describe('The url that the blob host answered'),
});

/**
 * POST /api/upload/confirm: the last step of an upload, for the wallet that paid, as often as it likes. 404 for an
 * unknown upload, 403 for another wallet's, 400 when nothing lies at the URL or it is not this upload's.
 */
export async function confirmUpload(c: ShopContext, shop: Shop): Promise<Response> {
  const admission = await shop.signIn.admit(c.req.header('SIGN-IN-WITH-X'), publicUrl(c, shop));
  if ('refusal' in admission) return admission.refusal;
  const body = Confirmation.safeParse(await c.req.json().catch(() => undefined));
  if (!body.success) {
    return Response.json(
      { success: false, error: 'Validation failed', issues: body.error.issues },
      { status: 400 },
    );
  }
  const { uploadId, blobUrl } = body.data;
  const upload = shop.uploads.find(uploadId);
  if (upload === undefined) return refuse(404, 'Upload not found');
  if (upload.payer !== admission.wallet) return refuse(403, 'This upload belongs to another wallet');
  if (blobUrl !== `${shop.blobs.origin}/${upload.pathname}` || shop.blobs.find(blobUrl) === undefined) {
    return refuse(400, 'There is no such blob for this upload');
  }
  return Response.json(
    { success: true, upload: { id: uploadId, blobUrl } },
    { headers: { 'Cache-Control': 'private' } },
  );
}

function refuse(status: number, error: string): Response {
  return Response.json({ success: false, error }, { status });
}
