import { userInfo } from 'node:os';
import type { AllowedHost, HeldHost } from '../../shared/aws/dynamodb-hosts.ts';
import { isInsecureOrigin } from '../cloud/settings-objections.ts';
import type { Deployment } from './deployment.ts';

/** In words for the person who named it. */
export class NoSuchHost extends Error {}

/** Where results may lie, and where some lie that wait. */
export interface HostsView {
  /** Origins of the settings; undefined where every public https host may give results. */
  readonly pin?: readonly string[] | undefined;
  readonly allowed: readonly AllowedHost[];
  /** Those that neither the pin nor an operator allows; none without a pin. */
  readonly held: readonly HeldHost[];
}

export async function hostsView({ hosts, settings }: Deployment): Promise<HostsView> {
  const [allowed, held] = await Promise.all([hosts.allowed(), hosts.held()]);
  const pin = settings.seller.pictureOrigins;
  // Rows outlive a pin that was removed.
  if (pin === undefined) return { allowed, held: [] };
  const known = new Set([...pin, ...allowed.map(({ origin }) => origin)]);
  return { pin, allowed, held: held.filter(({ origin }) => !known.has(origin)) };
}

/**
 * Allows results of one host beside the pin, or takes that back; no deployment is needed.
 * @param text a host such as `abc.blobs.example`, or an origin
 * @returns the origin as it is kept
 * @throws NoSuchHost for what is no host, for http or loopback in AWS, and where nothing is pinned
 */
export async function turnHost(
  { hosts, settings, isLocal }: Deployment,
  text: string,
  isAllowed: boolean,
): Promise<string> {
  const origin = originOf(text);
  if (!isAllowed) {
    await hosts.forbid(origin);
    return origin;
  }
  if (settings.seller.pictureOrigins === undefined)
    throw new NoSuchHost('Nothing is pinned here: results of every public https host are fetched already.');
  if (!isLocal && isInsecureOrigin(origin))
    throw new NoSuchHost(`${origin} is http or loopback; results are fetched over https only.`);
  await hosts.allow({ origin, by: userInfo().username, at: Date.now() });
  return origin;
}

function originOf(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  const isOrigin =
    url !== null && ['https:', 'http:'].includes(url.protocol) && url.username === '' && url.password === '';
  if (!isOrigin || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.hostname.length > 253)
    throw new NoSuchHost(
      `"${text}" is no host such as abc.blobs.example, nor an origin such as https://host.`,
    );
  return url.origin;
}
