import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** What the page sends with every call; another site cannot, without a preflight that nobody here answers. */
export const pageHeader = 'x-coinbooth-console';

/** Names of this machine. Another one in `Host` is a web site whose name was made to lead here (DNS rebinding). */
const ownHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

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

/** Refuses what was sent to another name than this machine's. */
export const atHome: MiddlewareHandler = async (c, next) => {
  if (!ownHost.test(c.req.header('host') ?? ''))
    return refused('The console answers to 127.0.0.1 and localhost alone.');
  return next();
};

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

/**
 * Lets nobody in who does not have the key, since everybody on this machine can reach the port. It is in the address
 * that was printed; a cookie keeps it from then on.
 */
export const withKey =
  (key: string): MiddlewareHandler =>
  async (c, next) => {
    const name = `coinbooth-${new URL(c.req.url).port}`;
    if (getCookie(c, name) === key) return next();
    if (c.req.method !== 'GET' || c.req.path !== '/' || c.req.query('key') !== key)
      return refused('Open the address that "coinbooth console" printed: it has the key.');
    setCookie(c, name, key, { httpOnly: true, sameSite: 'Strict', path: '/' });
    return c.redirect('/');
  };
