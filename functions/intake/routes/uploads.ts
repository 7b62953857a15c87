import type { Hono } from 'hono';
import { uploadRequestSchema } from '../../../shared/contracts/http.ts';
import { plainWords } from '../../../shared/core/plain-words.ts';
import { wrongFields } from '../check.ts';
import type { Door, DoorEnvironment } from '../door.ts';
import { grantUpload } from '../grant-upload.ts';
import { invalid, notAllowed } from '../problem.ts';
import { readBody, shortBody } from '../read-body.ts';

/** `POST /api/upload`: an address for a file of the caller's. */
export function uploadRoutes(app: Hono<DoorEnvironment>, door: Door): void {
  app.post('/api/upload', shortBody, async (c) => {
    const read = await readBody(c);
    if ('refused' in read) return read.refused;
    const parsed = uploadRequestSchema.safeParse(read.body, { error: plainWords });
    if (!parsed.success) return invalid(parsed.error.issues.flatMap(wrongFields));
    const grant = await grantUpload(door, c.env.caller, parsed.data);
    return c.json(grant, 201, { 'cache-control': 'no-store' });
  });
  app.all('/api/upload', () => notAllowed('POST'));
}
