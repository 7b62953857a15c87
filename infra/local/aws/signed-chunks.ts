import { AwsError } from './aws-error.ts';
import { isSame, type SigningTerms, scopeOf, sha256Hex, signText } from './signature.ts';

const NOTHING = sha256Hex('');

function broken(): AwsError {
  return new AwsError(
    'SignatureDoesNotMatch',
    'A chunk of the body has another signature than the one we calculated.',
    403,
  );
}

/**
 * Checks the signature of every chunk of an `aws-chunked` body, each of which signs the one before it, and of its
 * trailer (S3 API reference, "Signature calculations: transferring payload in multiple chunks").
 * @param seed the signature of the request's headers
 * @throws AwsError SignatureDoesNotMatch for a changed, missing or additional chunk
 */
export async function verifyChunks(body: Buffer, seed: string, terms: SigningTerms): Promise<void> {
  const hasTrailer = terms.payloadHash.endsWith('-TRAILER');
  const head = [terms.longDate, scopeOf(terms)];
  let previous = seed;
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const line = lineEnd < 0 ? '' : body.toString('latin1', at, lineEnd);
    const [, hex, signature = ''] = /^([0-9a-fA-F]{1,8});chunk-signature=([0-9a-f]{64})$/.exec(line) ?? [];
    if (hex === undefined) throw broken();
    const size = Number.parseInt(hex, 16);
    const from = lineEnd + 2;
    const chunk = body.subarray(from, from + size);
    if (chunk.length !== size) throw broken();
    const parts = ['AWS4-HMAC-SHA256-PAYLOAD', ...head, previous, NOTHING, sha256Hex(chunk)];
    if (!isSame(signature, await signText(parts.join('\n'), terms))) throw broken();
    previous = signature;
    at = from + size;
    if (size === 0) break;
    if (body.toString('latin1', at, at + 2) !== '\r\n') throw broken();
    at += 2;
  }
  const rest = body.toString('latin1', at).split('\r\n').filter(Boolean);
  if (!hasTrailer) {
    if (rest.length > 0) throw broken();
    return;
  }
  const signed = rest.filter((line) => !/^x-amz-trailer-signature:/i.test(line));
  const given =
    rest
      .find((line) => /^x-amz-trailer-signature:/i.test(line))
      ?.split(':')[1]
      ?.trim() ?? '';
  const text = signed.map((line) => `${line}\n`).join('');
  const parts = ['AWS4-HMAC-SHA256-TRAILER', ...head, previous, sha256Hex(text)];
  if (!isSame(given, await signText(parts.join('\n'), terms))) throw broken();
}
