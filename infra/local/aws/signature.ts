import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Sha256 } from '@smithy/core/checksum';
import { getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import { AwsError } from './aws-error.ts';

/** A request as it came over the wire. */
export type WireRequest = {
  readonly method: string;
  /** Path and query, exactly as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** What a signature is made of beside the request. */
export type SigningTerms = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly service: string;
  readonly region: string;
  /** Such as `20261123T194001Z`. */
  readonly longDate: string;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
};

export const sha256Hex = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** `20261123T194001Z` as milliseconds since 1970; NaN when it is not that. */
export const instantOf = (longDate: string): number =>
  Date.parse(longDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

export const scopeOf = ({ longDate, region, service }: Omit<SigningTerms, 'secretAccessKey'>): string =>
  `${longDate.slice(0, 8)}/${region}/${service}/aws4_request`;

/** Compares two signatures in a time that does not depend on where they differ. */
export const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** A query as it came, decoded; of a name that is repeated all values. Throws InvalidURI for a broken escape. */
export function queryOf(url: string): Record<string, string[]> {
  const query: Record<string, string[]> = Object.create(null);
  const at = url.indexOf('?');
  for (const pair of at < 0 ? [] : url.slice(at + 1).split('&')) {
    if (pair === '') continue;
    const [name = '', ...value] = pair.split('=').map(decoded);
    query[name] = [...(query[name] ?? []), value.join('=')];
  }
  return query;
}

/** The SDK's signer, asked for the signature of a request that is signed already. */
class Verifier extends SignatureV4 {
  async signatureOf({ method, url, headers }: WireRequest, terms: SigningTerms): Promise<string> {
    const signed = new Set(terms.signedHeaders);
    const given = Object.entries(headers).filter(([name]) => signed.has(name));
    const request = {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: url.split('?')[0] ?? '/',
      query: queryOf(url),
      headers: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
    };
    const canonicalHeaders = getCanonicalHeaders(request, undefined, signed);
    const canonical = this.createCanonicalRequest(request, canonicalHeaders, terms.payloadHash);
    const algorithm = 'AWS4-HMAC-SHA256';
    const toSign = await this.createStringToSign(terms.longDate, scopeOf(terms), canonical, algorithm);
    return signText(toSign, terms);
  }
}

function verifierFor({ accessKeyId, secretAccessKey, service, region }: SigningTerms): Verifier {
  return new Verifier({
    service,
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    // S3 alone signs a path as it is.
    uriEscapePath: service !== 's3',
  });
}

/** The signature of a text; the SDK keeps the key that it derives for a day, region and service. */
export const signText = (text: string, terms: SigningTerms): Promise<string> =>
  verifierFor(terms).sign(text, { signingDate: new Date(instantOf(terms.longDate)) });

/** The signature that a request must have (AWS Signature Version 4). */
export const expectedSignature = (request: WireRequest, terms: SigningTerms): Promise<string> =>
  verifierFor(terms).signatureOf(request, terms);
