import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { AwsError, notEmulated } from './aws-error.ts';

type Algorithm = (body: Buffer) => string;

function hashed(name: string): Algorithm {
  return (body) => createHash(name).update(body).digest('base64');
}

const ALGORITHMS = new Map<string, Algorithm>(
  Object.entries({
    'x-amz-checksum-crc32': (body) => {
      const value = Buffer.alloc(4);
      value.writeUInt32BE(crc32(body));
      return value.toString('base64');
    },
    'x-amz-checksum-sha1': hashed('sha1'),
    'x-amz-checksum-sha256': hashed('sha256'),
  }),
);

/**
 * Recomputes what a client says about the bytes it puts: `x-amz-checksum-*` (header or trailer) and `Content-MD5`.
 * Throws `BadDigest` (400) on a difference.
 */
export function verifyChecksums(
  body: Buffer,
  headers: IncomingHttpHeaders,
  trailers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries({ ...headers, ...trailers })) {
    if (!name.startsWith('x-amz-checksum-') || /-(algorithm|mode|type)$/.test(name)) continue;
    const compute = ALGORITHMS.get(name);
    if (compute === undefined) throw notEmulated(`S3 ${name}`);
    if (compute(body) !== value) {
      const label = name.replace('x-amz-checksum-', '').toUpperCase();
      throw new AwsError('BadDigest', `The ${label} you specified did not match the calculated checksum.`);
    }
  }
  const md5 = headers['content-md5'];
  if (md5 !== undefined && hashed('md5')(body) !== md5) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}
