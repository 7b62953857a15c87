import { AwsError, notEmulated } from './aws-error.ts';
import {
  expectedSignature,
  instantOf,
  isSame,
  queryOf,
  type SigningTerms,
  sha256Hex,
  type WireRequest,
} from './signature.ts';
import { verifyChunks } from './signed-chunks.ts';

/** Who signed a request, proven by its signature. */
export type Signer = {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  /** The signature is in the address: whoever was given it may send the request. */
  readonly isPresigned: boolean;
};

export type VerifierOptions = {
  readonly region: string;
  /** The secret of an access key; undefined for a key of nobody. */
  secretOf(accessKeyId: string): string | undefined;
  /** Unix milliseconds. Default: the clock of this machine. */
  now?(): number;
};

/** Proves who signed a request; throws the refusal. */
export type Verify = (service: string, request: WireRequest) => Promise<Signer>;

/** AWS takes a signature for a quarter of an hour, before and after its own clock. */
const MAX_SKEW_MS = 15 * 60_000;
const MAX_EXPIRES_SECONDS = 604_800;

type Claim = Signer & {
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly longDate: string;
  readonly expiresSeconds: number | undefined;
  readonly payloadHash: string | undefined;
};

const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;

function mismatch(service: string): AwsError {
  return new AwsError(
    service === 's3' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided.',
    403,
  );
}

/** Whether a request says that it is signed, by header or by query. */
export const claimsSignature = ({ url, headers }: Pick<WireRequest, 'url' | 'headers'>): boolean =>
  headers.authorization?.startsWith('AWS4-') === true || /[?&]X-Amz-Signature=/i.test(url);

/** Reads what a request says of its signature. Throws MissingAuthenticationToken (403) when it says nothing. */
function claimOf({ url, headers }: WireRequest): Claim {
  const query = queryOf(url);
  const { authorization } = headers;
  const only = (name: string): string | undefined => (query[name]?.length === 1 ? query[name][0] : undefined);
  const isPresigned = query['X-Amz-Signature'] !== undefined;
  if (isPresigned && authorization !== undefined)
    throw new AwsError('InvalidArgument', 'Only one auth mechanism allowed', 400);
  if (isPresigned) {
    const [accessKeyId = '', ...scope] = (only('X-Amz-Credential') ?? '').split('/');
    return {
      accessKeyId,
      scope,
      isPresigned,
      sessionToken: only('X-Amz-Security-Token'),
      signedHeaders: (only('X-Amz-SignedHeaders') ?? '').split(';'),
      signature: only('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' ? (only('X-Amz-Signature') ?? '') : '',
      longDate: only('X-Amz-Date') ?? '',
      expiresSeconds: Number(only('X-Amz-Expires')),
      payloadHash: textOf(headers['x-amz-content-sha256']) ?? only('X-Amz-Content-Sha256'),
    };
  }
  const [, text] = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(authorization ?? '') ?? [];
  if (text === undefined)
    throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
  const parts = new Map(text.split(',').map((part) => part.trim().split('=') as [string, string]));
  const [accessKeyId = '', ...scope] = (parts.get('Credential') ?? '').split('/');
  return {
    accessKeyId,
    scope,
    isPresigned,
    sessionToken: textOf(headers['x-amz-security-token']),
    signedHeaders: (parts.get('SignedHeaders') ?? '').split(';'),
    signature: parts.get('Signature') ?? '',
    longDate: textOf(headers['x-amz-date']) ?? '',
    expiresSeconds: undefined,
    payloadHash: textOf(headers['x-amz-content-sha256']),
  };
}

function checkTime(service: string, { longDate, expiresSeconds, isPresigned }: Claim, now: number): void {
  const signedAt = instantOf(longDate);
  if (Number.isNaN(signedAt)) throw mismatch(service);
  if (isPresigned) {
    if (!(Number(expiresSeconds) >= 1 && Number(expiresSeconds) <= MAX_EXPIRES_SECONDS))
      throw new AwsError(
        'AuthorizationQueryParametersError',
        'X-Amz-Expires must be between 1 and 604800 seconds',
      );
    if (now > signedAt + Number(expiresSeconds) * 1000)
      throw new AwsError('AccessDenied', 'Request has expired', 403);
  }
  const age = now - signedAt;
  if (age < -MAX_SKEW_MS || (!isPresigned && age > MAX_SKEW_MS)) {
    const code = service === 's3' ? 'RequestTimeTooSkewed' : 'InvalidSignatureException';
    throw new AwsError(code, `Signature expired or not yet valid: ${longDate}`, 403);
  }
}

/** A service acts on these: with `x-amz-copy-source` beside its signature, a signed put would become a copy. */
function checkUnsigned({ headers }: WireRequest, { signedHeaders }: Claim): void {
  const unsigned = Object.keys(headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw new AwsError(
    'AccessDenied',
    `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
    403,
  );
}

function payloadHashOf(service: string, { body }: WireRequest, claim: Claim): string {
  if (claim.payloadHash !== undefined) return claim.payloadHash;
  return service === 's3' && claim.isPresigned ? 'UNSIGNED-PAYLOAD' : sha256Hex(body);
}

/** The body must be the one that was signed; S3 alone takes one that was not, or that is signed chunk by chunk. */
async function checkBody({ body }: WireRequest, seed: string, terms: SigningTerms): Promise<void> {
  const { payloadHash, service } = terms;
  if (service === 's3') {
    if (['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'].includes(payloadHash)) return;
    if (/^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/.test(payloadHash))
      return verifyChunks(body, seed, terms);
    if (payloadHash.startsWith('STREAMING-')) throw notEmulated(`S3 x-amz-content-sha256: ${payloadHash}`);
  }
  if (payloadHash === sha256Hex(body)) return;
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

/**
 * Verifies requests as AWS does: key, credential scope, age, signature over everything that a service acts on, and the
 * body that was signed.
 *
 * @returns the verifier; it throws MissingAuthenticationToken, UnrecognizedClientException, SignatureDoesNotMatch (S3) or
 *   InvalidSignatureException, RequestTimeTooSkewed, AccessDenied, XAmzContentSHA256Mismatch
 */
export function createVerifier({ region, secretOf, now = Date.now }: VerifierOptions): Verify {
  return async (service, request) => {
    const claim = claimOf(request);
    const { accessKeyId, longDate, signedHeaders, scope } = claim;
    const secretAccessKey = secretOf(accessKeyId);
    if (secretAccessKey === undefined) {
      const text = `The access key ${accessKeyId} belongs to nobody in this world`;
      throw new AwsError('UnrecognizedClientException', text, 403);
    }
    checkTime(service, claim, now());
    const wanted = [longDate.slice(0, 8), region, service, 'aws4_request'];
    if (scope.join('/') !== wanted.join('/')) throw mismatch(service);
    checkUnsigned(request, claim);
    const payloadHash = payloadHashOf(service, request, claim);
    const terms = { accessKeyId, secretAccessKey, service, region, longDate, signedHeaders, payloadHash };
    if (!isSame(claim.signature, await expectedSignature(request, terms))) throw mismatch(service);
    await checkBody(request, claim.signature, terms);
    return { accessKeyId, sessionToken: claim.sessionToken, isPresigned: claim.isPresigned };
  };
}
