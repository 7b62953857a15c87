import type { IncomingHttpHeaders } from 'node:http';

/** Names of this machine that a browser resolves to loopback whatever DNS says. */
const ownNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Decides whether a request may come from another site than the server's own.
 *
 * A page whose name was made to lead to loopback (DNS rebinding) sends its own name as `Host`. A page of another site
 * or of another port sends its `Origin`, or says `Sec-Fetch-Site` where it embeds an answer.
 * @param port of the server's socket; `Host` must name it
 * @returns why the request is refused; undefined for a request of this machine's own names
 */
export function refusalOf(
  { headers, method }: { readonly headers: IncomingHttpHeaders; readonly method?: string | undefined },
  { port, embeds }: { readonly port: number; readonly embeds: boolean },
): string | undefined {
  const host = headers.host?.toLowerCase();
  const isOwn = ownNames.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
  if (!isOwn) return `This server answers to localhost:${port} and 127.0.0.1:${port} alone.`;
  if (headers.origin !== undefined && headers.origin !== `http://${host}`)
    return 'A page of another site sent this request.';
  const { 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode } = headers;
  const isOwnPage = ['none', 'same-origin'].includes(String(site));
  // The address bar of another site may lead here; the page that sent the browser cannot read the answer.
  const isVisit = mode === 'navigate' && method === 'GET';
  return isOwnPage || isVisit || embeds ? undefined : 'A page of another site sent this request.';
}
