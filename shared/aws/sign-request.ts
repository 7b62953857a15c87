import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { CoinboothError } from '../core/errors.ts';

/** Whose signature it is: what the SDK calls credentials, or where it gets them from. */
type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Signs requests to an HTTP API for whoever is signed in to AWS on this machine (environment, profile, SSO, role), by
 * AWS Signature Version 4.
 * @param origin of the API; the region is in its name, or else in the options
 * @returns gives the headers to add to a request
 * @throws ConfigInvalid when nobody is signed in, or no region is known
 */
export function requestSigner(
  origin: string,
  options: { readonly region?: string | undefined; readonly credentials?: Credentials } = {},
): (request: Unsigned) => Promise<Record<string, string>> {
  const region = /\.execute-api\.([a-z0-9-]+)\.amazonaws\./.exec(origin)?.[1] ?? options.region;
  if (region === undefined)
    throw new CoinboothError('ConfigInvalid', `There is no region in ${origin}: set AWS_REGION.`);
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    credentials: options.credentials ?? defaultProvider(),
    sha256: Sha256,
  });
  return async ({ method, url, headers, body }) => {
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      ...(body !== undefined && { body }),
    };
    const signed = await signer.sign(request).catch((cause: Error) => {
      throw new CoinboothError('ConfigInvalid', `Nobody is signed in to AWS: ${cause.message}`, { cause });
    });
    // `host` is for whoever sends it to set.
    const { host: _host, ...sent } = signed.headers;
    return sent;
  };
}
