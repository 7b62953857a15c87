import type { Hono } from 'hono';
import type { Door, DoorEnvironment } from '../door.ts';
import { invalid, notAllowed, problem } from '../problem.ts';
import { quote } from '../quote.ts';
import { readBody, shortBody } from '../read-body.ts';

/** `POST /api/quote`: what a request would cost. */
export function quoteRoutes(app: Hono<DoorEnvironment>, door: Door): void {
  app.post('/api/quote', shortBody, async (c) => {
    const read = await readBody(c);
    if ('refused' in read) return read.refused;
    const asked = await quote(door, c.env.caller, read.body);
    if ('wrong' in asked) return invalid(asked.wrong);
    if ('refused' in asked) return problem('ChallengeUnsupported', asked.refused.message);
    if ('unavailable' in asked) {
      const { retryAfterSeconds: seconds } = asked;
      return problem('SellerUnavailable', asked.unavailable, {
        ...(seconds !== undefined && { headers: { 'retry-after': String(seconds) } }),
      });
    }
    return c.json(asked.quoted, 200, { 'cache-control': 'no-store' });
  });
  app.all('/api/quote', () => notAllowed('POST'));
}
