import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** What the page sends with every call; another site cannot, without a preflight that nobody here answers. */
export const pageHeader = 'x-coinbooth-console';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Everything is answered under a policy that runs nothing but the page's own files, and is shown in no frame. */
export const underPolicy: MiddlewareHandler = async (c, next) => {
  await next();
  const { headers } = c.res;
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', policy);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('cross-origin-opener-policy', 'same-origin');
};

const refused = (message: string): Response =>
  Response.json({ title: 'This is not for you', detail: message }, { status: 403 });

/** Refuses what a page of another site asks for: it would act with the money of whoever looks at it. */
export const fromOwnPage: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site') ?? 'same-origin';
  const isForeign = origin !== undefined && origin !== `http://${c.req.header('host')}`;
  return isForeign || !['same-origin', 'none'].includes(site)
    ? refused('A page of another site asked for this.')
    : next();
};

/** Refuses what does not say that the page sent it: a form or a picture of another site cannot say so. */
export const saidByPage: MiddlewareHandler = async (c, next) =>
  c.req.header(pageHeader) === undefined ? refused(`The header ${pageHeader} is missing.`) : next();

/** A key of this run. Its second half alone shows pictures, since an `img` can send no header. */
export const makeKey = (): string => randomBytes(32).toString('hex');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (said: string | undefined, wanted: string): boolean =>
  timingSafeEqual(digest(said ?? ''), digest(wanted));

const withoutKey = (): Response =>
  refused('Open the address that was printed when this started: it has the key.');

/**
 * Lets nobody in who does not have the key, since everybody on this machine can reach the port. The page takes the key
 * from the fragment of the printed address and sends it as a header: a cookie would go to every port of this machine.
 */
export const withKey =
  (key: string): MiddlewareHandler =>
  async (c, next) =>
    isSame(c.req.header(pageHeader), key) ? next() : withoutKey();

/** The same for what an `img` asks for: the second half of the key is in its address. */
export const withPass =
  (key: string): MiddlewareHandler =>
  async (c, next) =>
    isSame(c.req.query('pass'), key.slice(key.length / 2)) ? next() : withoutKey();
