import type { Shop, ShopContext } from '../shop.ts';
import { takePayment } from '../take-payment.ts';
import { UPLOAD } from './upload-ware.ts';

/** POST /api/upload: sells a place for one picture, with a token that lets its holder fill it. */
export function sellUpload(c: ShopContext, shop: Shop): Promise<Response> {
  const { uploads, faults } = shop;
  return takePayment(c, shop, UPLOAD, async ({ filename, contentType }, payer) => {
    const life = faults.take('expired-upload-token') ? -1 : undefined;
    const upload = uploads.open({ filename, contentType, payer }, life);
    const { uploadId, clientToken, pathname, expiresAt } = upload;
    return {
      answer: { uploadId, clientToken, pathname, expiresAt: new Date(expiresAt).toISOString() },
      settled: (transaction) => {
        upload.transaction = transaction;
      },
    };
  });
}
