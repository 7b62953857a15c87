import type { Address } from './route-to.ts';

/** Where a result may be fetched from. */
export interface HostRules {
  /** Origins of the settings, exactly. Without a pin every public https host may give a result. */
  readonly pin?: readonly string[] | undefined;
  /** Whether an operator has allowed an origin beside the pin. */
  readonly isAllowed?: (origin: string) => Promise<boolean>;
  /** Every address of a name; the machine's own resolver, unless told otherwise. */
  readonly resolve?: (hostname: string) => Promise<readonly Address[]>;
}

export type Judged =
  /** `isListed`: named exactly by the pin or an operator, so that http and loopback are meant. */
  | { readonly url: URL; readonly isListed: boolean }
  /** Its origin, which neither the pin nor an operator allows. */
  | { readonly held: string }
  | { readonly unacceptable: string };

/** The longest name of a host (RFC 1035, section 2.3.4). */
const longestHostname = 253;

/** Judges the address of a result before anything is resolved or connected. */
export async function judgeHost(text: string, { pin, isAllowed }: HostRules): Promise<Judged> {
  const url = URL.parse(text);
  if (!url || !['https:', 'http:'].includes(url.protocol) || url.hostname.length > longestHostname)
    return { unacceptable: 'the result is on no web host' };
  if (url.username !== '' || url.password !== '')
    return { unacceptable: `the address of the result on ${url.host} carries a user or a password` };
  if (pin === undefined)
    return url.protocol === 'https:'
      ? { url, isListed: false }
      : { unacceptable: `the result is on ${url.origin}, and only https is fetched` };
  return pin.includes(url.origin) || (await isAllowed?.(url.origin)) === true
    ? { url, isListed: true }
    : { held: url.origin };
}
