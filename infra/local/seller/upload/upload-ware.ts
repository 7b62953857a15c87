import { z } from 'zod';
import { atomic, type Priced, type Ware } from '../ware.ts';

const UPLOAD_DOLLARS = 0.01;

/** The kinds of file that have a place here. */
const CONTENT_TYPES = ['image/jpeg', 'image/jpg', 'image/png', 'image/gif', 'image/webp'] as const;

const request = z.object({
  filename: z.string().min(1).max(255).describe('What the file is called'),
  contentType: z.enum(CONTENT_TYPES).describe('Its media type'),
  size: z.number().optional().describe('Its length in bytes'),
});

type UploadOrder = z.infer<typeof request> & Priced;

/** A place for one picture, at a fixed price. What does not fit the schema costs the same. */
export const UPLOAD: Ware<UploadOrder> = {
  path: '/api/upload',
  summary: 'Get a place for a picture to use in later requests',
  maximumAtomic: atomic(UPLOAD_DOLLARS),
  price: { mode: 'fixed', amount: String(UPLOAD_DOLLARS) },
  request,
  example: { filename: 'lighthouse.png', contentType: 'image/png' },
  answerExample: {
    uploadId: 'cmn0000000000000000000000',
    clientToken: 'vercel_blob_client_sandbox_00',
    pathname: 'uploads/cmn0000000000000000000000/lighthouse.png',
    expiresAt: '2026-01-01T00:05:00.000Z',
  },
  read(body) {
    const parsed = request.safeParse(body);
    if (!parsed.success) return { issues: parsed.error.issues };
    return { order: { ...parsed.data, priceAtomic: atomic(UPLOAD_DOLLARS) } };
  },
};
